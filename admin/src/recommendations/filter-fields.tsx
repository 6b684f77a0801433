import { Checkbox, CheckboxGroup, NumberField, Switch, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { minorDigits } from "../audiences/rule-builder/minor-digits.ts";
import { useCurrency } from "../audiences/rule-builder/use-currency.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { messages } from "../messages.data.ts";
import { rowStart, stackTight } from "../ui/styles.ts";
import {
  type CategoryFilter,
  type CurrentPriceFilter,
  type PriceFilter,
  priceOperators,
  productTypes,
  type StockFilter,
  type UnitFilter,
  visibilities,
} from "./filters.ts";
import { PickedCategories, PickedProducts } from "./picked-products.tsx";

const m = messages.units.filters;
const amountWidth = style({ width: 128 });
const qtyWidth = style({ width: 208 });
const currencyWidth = style({ width: 88 });
const operatorWidth = style({ width: 320, maxWidth: "full" });

type Props<F> = { filter: F; onChange: (filter: F) => void; isReadOnly: boolean };

/** The fields of one filter, whatever it is by. */
export function FilterFields({ filter, onChange, isReadOnly }: Props<UnitFilter>) {
  switch (filter.by) {
    case "category":
      return <CategoryFields filter={filter} onChange={onChange} isReadOnly={isReadOnly} />;
    case "product":
      return (
        <PickedProducts
          label={m.skus}
          addLabel={m.addSku}
          values={filter.skus}
          isReadOnly={isReadOnly}
          onChange={(skus) => onChange({ ...filter, skus })}
        />
      );
    case "type":
      return (
        <Several
          label={m.type}
          choices={productTypes.map((key) => ({ key, label: m.types[key] }))}
          values={filter.types}
          isReadOnly={isReadOnly}
          onChange={(types) => onChange({ ...filter, types })}
        />
      );
    case "visibility":
      return (
        <Several
          label={m.visibility}
          choices={visibilities.map((key) => ({ key, label: m.visibilities[key] }))}
          values={filter.values}
          isReadOnly={isReadOnly}
          onChange={(values) => onChange({ ...filter, values })}
        />
      );
    case "price":
      return <PriceFields filter={filter} onChange={onChange} isReadOnly={isReadOnly} />;
    case "currentPrice":
      return <CurrentPriceFields filter={filter} onChange={onChange} isReadOnly={isReadOnly} />;
    case "stock":
      return <StockFields filter={filter} onChange={onChange} isReadOnly={isReadOnly} />;
  }
}

function CategoryFields({ filter, onChange, isReadOnly }: Props<CategoryFilter>) {
  return (
    <div className={stackTight}>
      <PickedCategories
        label={m.paths}
        addLabel={m.addPath}
        values={filter.paths ?? []}
        isReadOnly={isReadOnly}
        onChange={(paths) => onChange({ ...filter, paths })}
      />
      <Switch
        isSelected={filter.sameAsPage ?? false}
        isDisabled={isReadOnly}
        onChange={(sameAsPage) => onChange({ ...filter, sameAsPage })}
      >
        {m.sameAsPage}
      </Switch>
    </div>
  );
}

type SeveralProps = {
  label: string;
  choices: readonly { readonly key: string; readonly label: string }[];
  values: readonly string[];
  isReadOnly: boolean;
  onChange: (values: readonly string[]) => void;
};

function Several({ label, choices, values, isReadOnly, onChange }: SeveralProps) {
  return (
    <CheckboxGroup
      label={label}
      orientation="horizontal"
      isReadOnly={isReadOnly}
      value={[...values]}
      onChange={onChange}
    >
      {choices.map((choice) => (
        <Checkbox key={choice.key} value={choice.key}>
          {choice.label}
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}

type AmountProps = {
  label: string;
  minor: number | undefined;
  digits: number;
  isReadOnly: boolean;
  minValue?: number;
  description?: string;
  onChange: (minor: number | undefined) => void;
};

/** In major units on the page, in minor ones in the filter. */
function Amount({ label, minor, digits, isReadOnly, minValue, description, onChange }: AmountProps) {
  const scale = 10 ** digits;
  return (
    <NumberField
      label={label}
      styles={amountWidth}
      isReadOnly={isReadOnly}
      formatOptions={{ maximumFractionDigits: digits }}
      value={minor === undefined ? Number.NaN : minor / scale}
      onChange={(major) => onChange(Number.isNaN(major) ? undefined : Math.round(major * scale))}
      {...(minValue === undefined ? {} : { minValue })}
      {...(description === undefined ? {} : { description })}
    />
  );
}

function PriceFields({ filter, onChange, isReadOnly }: Props<PriceFilter>) {
  const usual = useCurrency() ?? "USD";
  const digits = minorDigits(filter.currency ?? usual);
  const { minMinor, maxMinor, currency, ...others } = filter;
  const set = (next: { minMinor?: number | undefined; maxMinor?: number | undefined; currency?: string | undefined }) =>
    onChange({
      ...others,
      ...(next.minMinor === undefined ? {} : { minMinor: next.minMinor }),
      ...(next.maxMinor === undefined ? {} : { maxMinor: next.maxMinor }),
      ...(next.currency === undefined ? {} : { currency: next.currency }),
    });
  const now = { minMinor, maxMinor, currency };
  const amount = { digits, isReadOnly, minValue: 0 };
  return (
    <div className={rowStart}>
      <Amount {...amount} label={m.from} minor={minMinor} onChange={(minor) => set({ ...now, minMinor: minor })} />
      <Amount {...amount} label={m.to} minor={maxMinor} onChange={(minor) => set({ ...now, maxMinor: minor })} />
      <TextField
        label={m.currency}
        styles={currencyWidth}
        maxLength={3}
        isReadOnly={isReadOnly}
        value={currency ?? ""}
        placeholder={usual}
        onChange={(text) => set({ ...now, currency: text === "" ? undefined : text.toUpperCase() })}
      />
    </div>
  );
}

function CurrentPriceFields({ filter, onChange, isReadOnly }: Props<CurrentPriceFilter>) {
  const digits = minorDigits(useCurrency() ?? "USD");
  const { by, operator, offsetMinor = 0, ratio = 0, isEnabled } = filter;
  const kept = isEnabled === undefined ? {} : { isEnabled };
  return (
    <div className={rowStart}>
      <ChoiceField
        label={m.operator}
        styles={operatorWidth}
        isReadOnly={isReadOnly}
        value={operator}
        choices={priceOperators.map((key) => ({ key, ...m.operators[key] }))}
        onChange={(key) => {
          const next = priceOperators.find((each) => each === key) ?? "atMost";
          onChange({ by, operator: next, ...(next === "withinRatio" ? { ratio: 0.1 } : { offsetMinor }), ...kept });
        }}
      />
      {operator === "withinRatio" ? (
        <NumberField
          label={m.ratio}
          description={m.offsetText}
          styles={amountWidth}
          minValue={0}
          maxValue={100}
          isReadOnly={isReadOnly}
          formatOptions={{ style: "percent", maximumFractionDigits: 1 }}
          value={ratio}
          onChange={(next) => onChange({ ...filter, ratio: Number.isNaN(next) ? 0 : next })}
        />
      ) : (
        <Amount
          label={m.offset}
          description={m.offsetText}
          digits={digits}
          minor={offsetMinor}
          isReadOnly={isReadOnly}
          onChange={(minor) => onChange({ ...filter, offsetMinor: minor ?? 0 })}
        />
      )}
    </div>
  );
}

function StockFields({ filter, onChange, isReadOnly }: Props<StockFilter>) {
  const { atMostQty, ...others } = filter;
  return (
    <div className={stackTight}>
      <Switch
        isSelected={filter.outOfStock ?? false}
        isDisabled={isReadOnly}
        onChange={(outOfStock) => onChange({ ...filter, outOfStock })}
      >
        {m.outOfStock}
      </Switch>
      <NumberField
        label={m.atMostQty}
        styles={qtyWidth}
        minValue={0}
        isReadOnly={isReadOnly}
        value={atMostQty ?? Number.NaN}
        onChange={(qty) => onChange(Number.isNaN(qty) ? others : { ...others, atMostQty: Math.round(qty) })}
      />
    </div>
  );
}
