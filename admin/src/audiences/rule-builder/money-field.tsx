import { NumberField, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Json, JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { minorDigits } from "./minor-digits.ts";

const currencyWidth = style({ width: 72 });
/** Parts of a minor unit that a rule may name, as in an average of 33.33 cents. */
const extraDigits = 4;

type Props = {
  label: string;
  value: Json | undefined;
  onChange: (value: Json) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** An amount in major units with its currency; the rule holds minor units. */
export function MoneyField({ label, value, onChange, ...fault }: Props) {
  const { isReadOnly, currency: usual = "USD" } = useBuilder();
  const money = toMoney(value, usual);
  const digits = minorDigits(money.currency);
  return (
    <div className={row}>
      <NumberField
        aria-label={label}
        size="S"
        isReadOnly={isReadOnly}
        formatOptions={{ maximumFractionDigits: digits + extraDigits }}
        value={money.minor === null ? Number.NaN : money.minor / 10 ** digits}
        onChange={(major) =>
          onChange({ minor: Number.isNaN(major) ? 0 : toMinor(major, digits), currency: money.currency })
        }
        {...fault}
      />
      <TextField
        aria-label={messages.rules.currency}
        size="S"
        styles={currencyWidth}
        isReadOnly={isReadOnly}
        value={money.currency}
        maxLength={3}
        onChange={(currency) => onChange({ minor: money.minor ?? 0, currency: currency.toUpperCase() })}
      />
    </div>
  );
}

/** Whole where it can be; a part of a minor unit as decimal text, so that it stays exact. */
function toMinor(major: number, digits: number): number | string {
  const minor = Number((major * 10 ** digits).toFixed(extraDigits));
  return Number.isInteger(minor) ? minor : String(minor);
}

function toMoney(value: Json | undefined, usual: string): { minor: number | null; currency: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { minor: null, currency: usual };
  const { minor, currency } = value as JsonObject;
  return {
    minor: minor === undefined ? null : Number(minor),
    currency: typeof currency === "string" ? currency : usual,
  };
}
