import { ActionButton, NumberField, TextField } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../../api/client.ts";
import type { Money } from "../../api/shapes.ts";
import { minorDigits } from "../../audiences/rule-builder/minor-digits.ts";
import { useCurrency } from "../../audiences/rule-builder/use-currency.ts";
import { faultAt, invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { mutedXs, rowEnd, stackTight } from "../../ui/styles.ts";

const m = messages.priceRules.amounts;
const amountWidth = style({ width: 144 });
const currencyWidth = style({ width: 88 });
const mostAmounts = 50;
const wrong = style({ font: "body-xs", color: "negative", margin: 0 });

type MoneyProps = {
  label: string;
  value: Money;
  onChange: (value: Money) => void;
  isReadOnly: boolean;
  faults?: readonly Fault[];
  path?: string;
};

/** One amount, written in major units; what is kept are minor units of its currency. */
export function MoneyInput({ label, value, onChange, isReadOnly, faults = [], path = "" }: MoneyProps) {
  const digits = minorDigits(value.currency);
  return (
    <>
      <NumberField
        label={label}
        styles={amountWidth}
        minValue={0}
        isReadOnly={isReadOnly}
        formatOptions={{ minimumFractionDigits: digits, maximumFractionDigits: digits }}
        value={value.minor / 10 ** digits}
        onChange={(major) =>
          onChange({ ...value, minor: Number.isNaN(major) ? 0 : Math.round(Number((major * 10 ** digits).toFixed(3))) })
        }
        {...invalidProps(faults, `${path}/minor`)}
      />
      <TextField
        label={m.currency}
        styles={currencyWidth}
        maxLength={3}
        isReadOnly={isReadOnly}
        value={value.currency}
        onChange={(currency) => onChange({ ...value, currency: currency.toUpperCase() })}
        {...invalidProps(faults, `${path}/currency`)}
      />
    </>
  );
}

type Props = {
  label: string;
  values: readonly Money[];
  onChange: (values: readonly Money[]) => void;
  isReadOnly: boolean;
  faults: readonly Fault[];
  /** JSON pointer of the list in the body. */
  path: string;
};

/** One amount a currency; other currencies take the first at today's rate. */
export function AmountsField({ label, values, onChange, isReadOnly, faults, path }: Props) {
  const usual = useCurrency() ?? "USD";
  const change = (at: number, money: Money) => onChange(values.map((each, index) => (index === at ? money : each)));
  const own = faultAt(faults, path);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div role="group" aria-label={label} className={stackTight}>
      {values.map((money, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: amounts have no name, and their fields hold no state
        <div key={at} className={rowEnd}>
          <MoneyInput
            label={label}
            value={money}
            onChange={(next) => change(at, next)}
            isReadOnly={isReadOnly}
            faults={faults}
            path={`${path}/${at}`}
          />
          {isReadOnly || values.length === 1 ? null : (
            <ActionButton
              isQuiet
              aria-label={m.remove(money.currency)}
              onPress={() => onChange(values.filter((_, index) => index !== at))}
            >
              <Close />
            </ActionButton>
          )}
          {isReadOnly || at !== values.length - 1 || values.length >= mostAmounts ? null : (
            <ActionButton
              aria-label={m.add}
              onPress={() =>
                onChange([...values, { minor: 0, currency: values.some((e) => e.currency === usual) ? "" : usual }])
              }
            >
              <Add />
            </ActionButton>
          )}
        </div>
      ))}
      {values.length > 1 ? <p className={mutedXs}>{m.text}</p> : null}
      {own ? <p className={wrong}>{own.message}</p> : null}
    </div>
  );
}
