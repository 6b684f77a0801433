import { NumberField, Switch, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ChoiceField } from "../connectors/choice-field.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { rowStart } from "../ui/styles.ts";
import { AttributeField } from "./attribute-field.tsx";
import { patched } from "./patched.ts";
import { useCatalogAttributes } from "./use-catalog-attributes.ts";

const m = messages.merchandising.facet;
const placeWidth = style({ width: 240, maxWidth: "full" });
const defaultValues = 8;
const defaultWidth = 10;
const maxPlace = 10_000;

export type FacetBody = {
  readonly attribute: string;
  readonly label?: string;
  readonly pinned?: boolean;
  readonly position?: number;
  readonly sort?: "count" | "alphabetical";
  readonly maxValues?: number;
  readonly ranges?: { readonly kind: "auto" } | { readonly kind: "fixed"; readonly width: number };
};

export function FacetForm(props: FormProps<FacetBody>) {
  const { body, onChange, faults, isReadOnly } = props;
  const known = useCatalogAttributes().filter(({ filterable }) => filterable);
  const choices = [
    { id: "categories", label: m.categories },
    { id: "price", label: m.price },
    ...known.flatMap(({ code, label }) => (code === "categories" || code === "price" ? [] : [{ id: code, label }])),
  ];
  return (
    <>
      <Panel title={m.what}>
        <div className={rowStart}>
          <AttributeField
            label={m.attribute}
            description={m.attributeText}
            choices={choices}
            value={body.attribute}
            isReadOnly={isReadOnly}
            fault={invalidProps(faults, "/attribute")}
            onChange={(attribute) => onChange({ ...body, attribute })}
          />
          <TextField
            label={m.label}
            description={m.labelText}
            maxLength={200}
            value={body.label ?? ""}
            isReadOnly={isReadOnly}
            onChange={(label) => onChange(patched(body, { label: label || undefined }))}
            {...invalidProps(faults, "/label")}
          />
        </div>
        <Switch
          isSelected={body.pinned ?? false}
          isDisabled={isReadOnly}
          onChange={(pinned) => onChange(patched(body, { pinned, position: undefined }))}
        >
          {m.pinned}
        </Switch>
        {body.pinned ? (
          <NumberField
            label={m.position}
            styles={placeWidth}
            minValue={0}
            maxValue={maxPlace}
            value={body.position ?? 0}
            isReadOnly={isReadOnly}
            onChange={(place) => onChange({ ...body, position: Number.isNaN(place) ? 0 : Math.round(place) })}
            {...invalidProps(faults, "/position")}
          />
        ) : null}
      </Panel>
      <ValueFields {...props} />
    </>
  );
}

/** In which order its choices stand, how many there are, and what becomes of numbers. */
function ValueFields({ body, onChange, faults, isReadOnly }: FormProps<FacetBody>) {
  const { ranges } = body;
  return (
    <Panel title={m.values}>
      <div className={rowStart}>
        <ChoiceField
          label={m.sort}
          isReadOnly={isReadOnly}
          choices={Object.entries(m.sorts).map(([key, label]) => ({ key, label }))}
          value={body.sort ?? "count"}
          onChange={(sort) => onChange({ ...body, sort: sort === "alphabetical" ? "alphabetical" : "count" })}
        />
        <NumberField
          label={m.maxValues}
          minValue={1}
          maxValue={1_000}
          value={body.maxValues ?? defaultValues}
          isReadOnly={isReadOnly}
          onChange={(count) =>
            onChange({ ...body, maxValues: Number.isNaN(count) ? defaultValues : Math.round(count) })
          }
          {...invalidProps(faults, "/maxValues")}
        />
        <ChoiceField
          label={m.ranges}
          isReadOnly={isReadOnly}
          choices={Object.entries(m.rangeChoices).map(([key, texts]) => ({ key, ...texts }))}
          value={ranges?.kind ?? "none"}
          onChange={(kind) => onChange(patched(body, { ranges: rangesOf(kind) }))}
        />
        {ranges?.kind === "fixed" ? (
          <NumberField
            label={m.width}
            description={m.widthText}
            minValue={0.01}
            maxValue={40_000_000}
            value={ranges.width}
            isReadOnly={isReadOnly}
            onChange={(width) =>
              onChange({ ...body, ranges: { kind: "fixed", width: Number.isNaN(width) ? defaultWidth : width } })
            }
            {...invalidProps(faults, "/ranges")}
          />
        ) : null}
      </div>
    </Panel>
  );
}

function rangesOf(kind: string): FacetBody["ranges"] {
  if (kind === "auto") return { kind: "auto" };
  return kind === "fixed" ? { kind: "fixed", width: defaultWidth } : undefined;
}
