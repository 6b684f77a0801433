import { NumberField, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../../api/client.ts";
import { invalidProps } from "../../definitions/kind-page.ts";

const narrow = style({ width: 160 });

type Common = {
  label: string;
  isReadOnly: boolean;
  faults: readonly Fault[];
  /** JSON pointer of the field in the body. */
  path: string;
  description?: string;
};

type CountProps = Common & { value: number; onChange: (value: number) => void; minValue?: number };

/** A whole number that has to be there. */
export function CountInput({ value, onChange, minValue = 1, faults, path, description, ...props }: CountProps) {
  return (
    <NumberField
      {...props}
      styles={narrow}
      minValue={minValue}
      value={value}
      onChange={(next) => onChange(Number.isNaN(next) ? minValue : Math.round(next))}
      {...(description === undefined ? {} : { description })}
      {...invalidProps(faults, path)}
    />
  );
}

type OptionalProps = Common & {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
};

/** A whole number, or empty for no limit. */
export function LimitInput({ value, onChange, faults, path, description, ...props }: OptionalProps) {
  return (
    <NumberField
      {...props}
      styles={narrow}
      minValue={1}
      value={value ?? Number.NaN}
      onChange={(next) => onChange(Number.isNaN(next) ? undefined : Math.round(next))}
      {...(description === undefined ? {} : { description })}
      {...invalidProps(faults, path)}
    />
  );
}

type PercentProps = Common & { value: string; onChange: (value: string) => void };

/** A share as decimal text, which stays exact. */
export function PercentInput({ value, onChange, faults, path, description, label, isReadOnly }: PercentProps) {
  return (
    <TextField
      label={label}
      isReadOnly={isReadOnly}
      styles={narrow}
      inputMode="decimal"
      value={value}
      onChange={(text) => onChange(text.trim().replace(",", "."))}
      {...(description === undefined ? {} : { description })}
      {...invalidProps(faults, path)}
    />
  );
}
