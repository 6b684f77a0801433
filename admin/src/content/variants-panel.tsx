import { ActionButton, Disclosure, DisclosurePanel, DisclosureTitle, Text, TextField } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import { useState } from "react";
import { DefinitionsField } from "../definitions/definition-field.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { patched } from "../merchandising/patched.ts";
import { messages } from "../messages.data.ts";
import { movedItem, OrderList } from "../ui/order-list.tsx";
import { Panel } from "../ui/page.tsx";
import { muted, rowStart, stack } from "../ui/styles.ts";
import { ContentFields } from "./content-fields.tsx";
import type { BlockBody, BlockVariant } from "./shapes.ts";
import { StoreViewsField } from "./store-views-field.tsx";

const m = messages.blocks;
const maxVariants = 50;

/** Other contents in the order in which they are tried. */
export function VariantsPanel({ body, onChange, faults, isReadOnly }: FormProps<BlockBody>) {
  const variants = body.variants ?? [];
  // Names of the lines while the form is open; the body knows its variants by place only.
  const [ids, setIds] = useState<readonly number[]>(() => variants.map((_, index) => index));
  const known = ids.length === variants.length ? ids : variants.map((_, index) => index);
  const set = (next: readonly BlockVariant[], nextIds: readonly number[]) => {
    setIds(nextIds);
    onChange(patched(body, { variants: next.length > 0 ? next : undefined }));
  };
  const add = () => {
    const { html, json, link, alt } = body;
    const copy = patched<BlockVariant>({}, { html: html ?? "<p></p>", json, link, alt });
    set([...variants, copy], [...known, 1 + Math.max(-1, ...known)]);
  };
  const items = variants.map((variant, index) => ({
    id: String(known[index]),
    name: m.variant(index + 1, variant.name ?? ""),
    variant,
  }));
  return (
    <Panel title={m.variants} description={m.variantsText}>
      {items.length === 0 ? <p className={muted}>{m.noVariants}</p> : null}
      <OrderList
        label={m.order}
        items={items}
        isReadOnly={isReadOnly}
        handleText={m.handle}
        movedText={m.moved}
        onMove={(from, to) => set(movedItem(variants, from, to), movedItem(known, from, to))}
      >
        {({ variant, name }, index) => (
          <VariantFields
            title={name}
            variant={variant}
            pointer={`/variants/${index}`}
            faults={faults}
            isReadOnly={isReadOnly}
            onChange={(next) =>
              set(
                variants.map((each, at) => (at === index ? next : each)),
                known,
              )
            }
            onRemove={() =>
              set(
                variants.filter((_, at) => at !== index),
                known.filter((_, at) => at !== index),
              )
            }
          />
        )}
      </OrderList>
      {isReadOnly ? null : (
        <div>
          <ActionButton isDisabled={variants.length >= maxVariants} onPress={add}>
            <Add />
            <Text>{m.addVariant}</Text>
          </ActionButton>
        </div>
      )}
    </Panel>
  );
}

type VariantProps = Pick<FormProps<BlockBody>, "faults" | "isReadOnly"> & {
  title: string;
  variant: BlockVariant;
  pointer: string;
  onChange: (variant: BlockVariant) => void;
  onRemove: () => void;
};

function VariantFields({ title, variant, pointer, faults, isReadOnly, onChange, onRemove }: VariantProps) {
  const { storeViews = [], audiences = [] } = variant;
  const set = (patch: { readonly [K in keyof BlockVariant]?: BlockVariant[K] | undefined }) =>
    onChange(patched(variant, patch));
  const listed = (keys: readonly string[]) => (keys.length > 0 ? keys : undefined);
  return (
    <Disclosure isQuiet defaultExpanded={storeViews.length + audiences.length === 0}>
      <DisclosureTitle level={3}>{title}</DisclosureTitle>
      <DisclosurePanel>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls */}
        <div role="group" className={stack} aria-label={title}>
          <p className={muted}>{whom(variant)}</p>
          <div className={rowStart}>
            <TextField
              label={m.variantName}
              value={variant.name ?? ""}
              isReadOnly={isReadOnly}
              onChange={(name) => set({ name: name || undefined })}
              {...invalidProps(faults, `${pointer}/name`)}
            />
            <StoreViewsField
              values={storeViews}
              isReadOnly={isReadOnly}
              onChange={(views) => set({ storeViews: listed(views) })}
            />
            <DefinitionsField
              kind="audience"
              label={messages.audiences.kind.many}
              placeholder={messages.audiences.choose}
              values={audiences}
              path={`${pointer}/audiences`}
              faults={faults}
              isReadOnly={isReadOnly}
              onChange={(keys) => set({ audiences: listed(keys) })}
            />
          </div>
          <ContentFields
            content={variant}
            pointer={pointer}
            faults={faults}
            isReadOnly={isReadOnly}
            previewTitle={m.previewOf(title)}
            onChange={(content) => onChange(patched(ofWhom(variant), content))}
          />
          {isReadOnly ? null : (
            <div>
              <ActionButton onPress={onRemove}>{m.removeVariant}</ActionButton>
            </div>
          )}
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}

function whom({ storeViews = [], audiences = [] }: BlockVariant): string {
  const views = storeViews.length === 0 ? m.variantAllViews : storeViews.join(", ");
  return m.variantFor(views, audiences.length === 0 ? m.allPeople : m.somePeople(formatNumber(audiences.length)));
}

function ofWhom({ name, storeViews, audiences }: BlockVariant): BlockVariant {
  return patched<BlockVariant>({}, { name, storeViews, audiences });
}
