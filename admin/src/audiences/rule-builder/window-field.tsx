import { Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { JsonObject } from "../../api/shapes.ts";
import { localTimezone } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { mono, row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { DurationField } from "./duration-field.tsx";

const m = messages.rules;
const width = style({ width: 160 });

type WindowKind = "ever" | "last" | "before" | "dates" | "calendar" | "other";
type Props = { window: JsonObject | undefined; onChange: (window: JsonObject | undefined) => void };

const starts: Readonly<Record<Exclude<WindowKind, "other">, JsonObject | undefined>> = {
  ever: undefined,
  last: { last: "30d" },
  before: { before: "90d" },
  dates: { from: new Date().toISOString().slice(0, 10), timezone: localTimezone },
  calendar: { calendar: "month", offset: 0, timezone: localTimezone },
};

/** When it must have happened. */
export function WindowField({ window, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  const kind = kindOf(window);
  const kinds = Object.keys(starts).filter((choice) => kind === "other" || choice !== "other");
  return (
    <div className={row}>
      <Picker
        aria-label={m.window}
        size="S"
        styles={width}
        isDisabled={isReadOnly}
        selectedKey={kind}
        onSelectionChange={(key) => {
          if (key !== kind && key !== "other") onChange(starts[String(key) as keyof typeof starts]);
        }}
      >
        {(kind === "other" ? [...kinds, "other"] : kinds).map((choice) => (
          <PickerItem key={choice} id={choice}>
            {m.windows[choice as WindowKind]}
          </PickerItem>
        ))}
      </Picker>
      {window ? <WindowDetails kind={kind} window={window} onChange={onChange} /> : null}
    </div>
  );
}

function WindowDetails({ kind, window, onChange }: Props & { kind: WindowKind; window: JsonObject }) {
  const { isReadOnly } = useBuilder();
  if (kind === "last" || kind === "before") {
    return (
      <DurationField
        label={m.duration}
        value={String(window[kind])}
        onChange={(value) => onChange({ [kind]: value })}
      />
    );
  }
  if (kind === "dates") {
    const date = (name: "from" | "to", label: string) => (
      <TextField
        aria-label={label}
        size="S"
        type="date"
        isReadOnly={isReadOnly}
        value={String(window[name] ?? "")}
        onChange={(value) => onChange(withDate(window, name, value))}
      />
    );
    return (
      <>
        {date("from", m.fromDate)}
        <span>{m.to}</span>
        {date("to", m.toDate)}
      </>
    );
  }
  if (kind === "calendar") return <CalendarField window={window} onChange={onChange} />;
  return <code className={mono}>{JSON.stringify(window)}</code>;
}

const periods = ["day", "week", "month", "quarter", "year"] as const;

function CalendarField({ window, onChange }: { window: JsonObject; onChange: (window: JsonObject) => void }) {
  const { isReadOnly } = useBuilder();
  const chosen = `${String(window["calendar"])}:${Number(window["offset"] ?? 0)}`;
  const choices = periods.flatMap((period) => [0, -1].map((offset) => ({ period, offset, id: `${period}:${offset}` })));
  return (
    <Picker
      aria-label={m.period}
      size="S"
      isDisabled={isReadOnly}
      selectedKey={chosen}
      onSelectionChange={(key) => {
        const choice = choices.find(({ id }) => id === key);
        if (choice) onChange({ ...window, calendar: choice.period, offset: choice.offset });
      }}
    >
      {choices.map(({ id, period, offset }) => (
        <PickerItem key={id} id={id}>
          {m.periods[period][offset === 0 ? "current" : "last"]}
        </PickerItem>
      ))}
    </Picker>
  );
}

function withDate(window: JsonObject, name: "from" | "to", value: string): JsonObject {
  const { [name]: _old, ...others } = window;
  return value === "" ? others : { ...others, [name]: value };
}

function kindOf(window: JsonObject | undefined): WindowKind {
  if (!window) return "ever";
  if (typeof window["last"] === "string") return "last";
  if (typeof window["before"] === "string") return "before";
  if (window["calendar"] !== undefined) return [0, -1].includes(Number(window["offset"] ?? 0)) ? "calendar" : "other";
  return window["timezone"] !== undefined && window["calendar"] === undefined ? "dates" : "other";
}
