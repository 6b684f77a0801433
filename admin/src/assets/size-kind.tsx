import { NumberField } from "@react-spectrum/s2";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { type FormProps, invalidProps, type KindPage } from "../definitions/kind-page.ts";
import { patched } from "../merchandising/patched.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { rowStart } from "../ui/styles.ts";
import type { RenditionBody } from "./shapes.ts";

const m = messages.assets.size;
const maxEdge = 4096;
const standardQuality = 80;

/** Sizes of a shop's own, beside those that come with the product. */
export const sizeKind: KindPage<RenditionBody> = {
  kind: "asset-rendition",
  path: "/picture-sizes",
  texts: messages.assets.sizeKind,
  columns: [],
  emptyBody: () => ({ width: 640, fit: "inside", format: "auto", quality: standardQuality }),
  Form: SizeForm,
  tabs: [],
};

function SizeForm({ body, onChange, faults, isReadOnly }: FormProps<RenditionBody>) {
  const set = (patch: { readonly [K in keyof RenditionBody]?: RenditionBody[K] | undefined }) =>
    onChange(patched(body, patch));
  const edges = [
    ["width", m.width],
    ["height", m.height],
  ] as const;
  const fits = ["inside", "cover"] as const;
  const formats = ["auto", "jpeg", "png", "webp", "avif"] as const;
  return (
    <Panel title={m.panel}>
      <div className={rowStart}>
        {edges.map(([name, label]) => (
          <NumberField
            key={name}
            label={label}
            description={m.edgeText}
            minValue={1}
            maxValue={maxEdge}
            value={body[name] ?? Number.NaN}
            isReadOnly={isReadOnly}
            onChange={(value) => set({ [name]: Number.isNaN(value) ? undefined : Math.round(value) })}
            {...invalidProps(faults, `/${name}`)}
          />
        ))}
        <ChoiceField
          label={m.fit}
          isReadOnly={isReadOnly}
          value={body.fit ?? "inside"}
          choices={fits.map((key) => ({ key, ...m.fits[key] }))}
          onChange={(key) => set({ fit: fits.find((each) => each === key) })}
        />
        <ChoiceField
          label={m.format}
          isReadOnly={isReadOnly}
          value={body.format ?? "auto"}
          choices={formats.map((key) => ({ key, ...m.formats[key] }))}
          onChange={(key) => set({ format: formats.find((each) => each === key) })}
        />
        <NumberField
          label={m.quality}
          description={m.qualityText}
          minValue={1}
          maxValue={100}
          value={body.quality ?? standardQuality}
          isReadOnly={isReadOnly}
          onChange={(value) => set({ quality: Number.isNaN(value) ? undefined : Math.round(value) })}
          {...invalidProps(faults, "/quality")}
        />
      </div>
    </Panel>
  );
}
