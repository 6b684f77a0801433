import { TextField } from "@react-spectrum/s2";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { messages } from "../messages.data.ts";
import type { SearchPatch } from "../shell/location.ts";
import type { Period, PeriodKey } from "./period.ts";
import { rowStart } from "./styles.ts";

const m = messages.periods;

type Props = {
  period: Period;
  keys: readonly PeriodKey[];
  /** Changes the address; places in lists start over. */
  onChange: (patch: SearchPatch) => void;
};

/** A stretch of time back from now, or from one day to another. */
export function PeriodField({ period, keys, onChange }: Props) {
  return (
    <div className={rowStart}>
      <ChoiceField
        label={m.label}
        choices={keys.map((key) => ({ key, label: m.keys[key] }))}
        value={period.key}
        onChange={(key) => onChange({ period: key, from: null, to: null, page: null })}
      />
      {period.key === "custom" ? (
        <>
          <TextField
            label={m.from}
            type="date"
            value={period.from ?? ""}
            onChange={(from) => onChange({ from: from || null, page: null })}
          />
          <TextField
            label={m.to}
            type="date"
            value={period.to ?? ""}
            onChange={(to) => onChange({ to: to || null, page: null })}
          />
        </>
      ) : null}
    </div>
  );
}
