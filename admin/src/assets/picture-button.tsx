import { ActionButton, Content, Dialog, DialogContainer, Heading, SearchField, Text } from "@react-spectrum/s2";
import Image from "@react-spectrum/s2/icons/Image";
import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { MoreRows } from "../ui/more-rows.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, rowEnd, stack } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { AssetFacts } from "./asset-card.tsx";
import { AssetGrid, Thumbnail } from "./asset-grid.tsx";
import { type Asset, editorUrl, type Rendition } from "./shapes.ts";
import { useAssets, useRenditions } from "./use-assets.ts";

const m = messages.assets;
const choice = style({
  ...focusRing(),
  display: "flex",
  flexDirection: "column",
  gap: 4,
  width: "full",
  padding: 8,
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "lg",
  backgroundColor: { default: "elevated", ":hover": "gray-75" },
  font: "ui",
  color: "neutral",
  textAlign: "start",
  cursor: "pointer",
  overflowWrap: "anywhere",
});

type Props = { onPick: (asset: Asset, size: string) => void; isQuiet?: boolean };

/** Opens the library to choose a picture and its size. */
export function PictureButton({ onPick, isQuiet = false }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        size="S"
        isQuiet={isQuiet}
        onPress={() => setOpen(true)}
        {...(isQuiet ? { "aria-label": messages.blocks.picture } : {})}
      >
        <Image />
        {isQuiet ? null : <Text>{messages.blocks.picture}</Text>}
      </ActionButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? (
          <PictureDialog
            onPick={(asset, size) => {
              setOpen(false);
              onPick(asset, size);
            }}
          />
        ) : null}
      </DialogContainer>
    </>
  );
}

function PictureDialog({ onPick }: { onPick: (asset: Asset, size: string) => void }) {
  const [search, setSearch] = useState("");
  const [size, setSize] = useState("w960");
  const settled = useDebounced(search, 250);
  const query = useAssets({ search: settled, status: "active" });
  const renditions = useRenditions().data ?? [];
  return (
    <Dialog size="L" isDismissible>
      <Heading slot="title">{m.picker}</Heading>
      <Content>
        <div className={stack}>
          <div className={rowEnd}>
            <SearchField label={m.search} value={search} onChange={setSearch} autoComplete="off" />
            <ChoiceField
              label={m.pickerSize}
              value={size}
              choices={[{ key: "original", label: m.original }, ...renditions.map(sizeChoice)]}
              onChange={setSize}
            />
          </div>
          <Loaded query={query}>
            {({ pages }) => {
              const assets = pages.flatMap(({ items }) => items);
              if (assets.length === 0) return <p className={muted}>{m.noPick}</p>;
              return (
                <>
                  <AssetGrid label={m.title} items={assets} isStale={query.isPlaceholderData} keyOf={({ id }) => id}>
                    {(asset) => (
                      <button
                        type="button"
                        className={choice({})}
                        aria-label={m.pick(asset.name)}
                        onClick={() => onPick(asset, size)}
                      >
                        <Thumbnail src={editorUrl(asset, "thumb")} />
                        {asset.name}
                        <AssetFacts asset={asset} />
                      </button>
                    )}
                  </AssetGrid>
                  <MoreRows query={query} />
                </>
              );
            }}
          </Loaded>
        </div>
      </Content>
    </Dialog>
  );
}

export function sizeText({ width, height, fit }: Rendition): string {
  const edges = [width, height].map((edge) => (edge === undefined ? "…" : formatNumber(edge)));
  return `${edges.join(" × ")}${fit === "cover" ? `, ${m.cropped}` : ""}`;
}

function sizeChoice(rendition: Rendition) {
  return { key: rendition.name, label: rendition.name, text: sizeText(rendition) };
}
