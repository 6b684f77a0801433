import { NumberField, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Json, JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { minorDigits } from "./minor-digits.ts";

const currencyWidth = style({ width: 72 });

type Props = { label: string; value: Json | undefined; onChange: (value: Json) => void };

/** An amount in major units with its currency; the rule holds minor units. */
export function MoneyField({ label, value, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  const money = toMoney(value);
  const digits = minorDigits(money.currency);
  return (
    <div className={row}>
      <NumberField
        aria-label={label}
        size="S"
        isReadOnly={isReadOnly}
        formatOptions={{ maximumFractionDigits: digits }}
        value={money.minor === null ? Number.NaN : money.minor / 10 ** digits}
        onChange={(major) =>
          onChange({ minor: Number.isNaN(major) ? 0 : Math.round(major * 10 ** digits), currency: money.currency })
        }
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

function toMoney(value: Json | undefined): { minor: number | null; currency: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { minor: null, currency: "USD" };
  const { minor, currency } = value as JsonObject;
  return {
    minor: minor === undefined ? null : Number(minor),
    currency: typeof currency === "string" ? currency : "USD",
  };
}
