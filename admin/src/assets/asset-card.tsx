import { Badge } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { mutedXs } from "../ui/styles.ts";
import { Thumbnail } from "./asset-grid.tsx";
import { type Asset, editorUrl } from "./shapes.ts";

const m = messages.assets;
const card = style({
  display: "flex",
  flexDirection: "column",
  gap: 4,
  minWidth: 0,
  overflowWrap: "anywhere",
  padding: 8,
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "lg",
  backgroundColor: "elevated",
});

/** A picture of the library with its name, which leads to its page. */
export function AssetCard({ asset }: { asset: Asset }) {
  return (
    <div className={card}>
      <Thumbnail src={editorUrl(asset, "thumb")} />
      <AppLink to={`/pictures/${asset.id}`}>{asset.name}</AppLink>
      <AssetFacts asset={asset} />
    </div>
  );
}

export function AssetFacts({ asset }: { asset: Asset }) {
  const { width, height, format, folder, status, rights, frames } = asset;
  const parts = [
    m.dimensions(formatNumber(width), formatNumber(height)),
    format.toUpperCase(),
    ...(frames > 1 ? [m.animated(formatNumber(frames))] : []),
    ...(folder === "" ? [] : [folder]),
  ];
  return (
    <>
      <span className={mutedXs}>{parts.join(" · ")}</span>
      {status === "archived" ? <Badge variant="neutral">{m.archived}</Badge> : null}
      {rights.state === "valid" ? null : (
        <Badge variant={rights.state === "expiring" ? "notice" : "negative"} fillStyle="subtle">
          {m.rightsStates[rights.state]}
        </Badge>
      )}
    </>
  );
}
