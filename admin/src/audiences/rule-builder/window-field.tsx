import { NumberField, Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { JsonObject } from "../../api/shapes.ts";
import { localTimezone } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { mono, row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { ChoicePicker } from "./choice-picker.tsx";
import { DurationField } from "./duration-field.tsx";
import { MomentField } from "./moment-field.tsx";
import { useFault } from "./tree-context.ts";
import { ZoneField } from "./zone-field.tsx";

const m = messages.rules;
const b = messages.builder;
const width = style({ width: 160 });
const backWidth = style({ width: 80 });

type WindowKind = "ever" | "last" | "before" | "between" | "dates" | "calendar" | "instants" | "session" | "other";
const labels: Readonly<Record<WindowKind, string>> = { ...m.windows, ...b.windows };

type Props = {
  window: JsonObject | undefined;
  onChange: (window: JsonObject | undefined) => void;
  /** The part of the tree whose faults are shown here. */
  id?: string;
};

const starts: Readonly<Record<Exclude<WindowKind, "other">, JsonObject | undefined>> = {
  ever: undefined,
  last: { last: "30d" },
  before: { before: "90d" },
  dates: { from: new Date().toISOString().slice(0, 10), timezone: localTimezone },
  between: { between: ["60d", "30d"] },
  calendar: { calendar: "month", offset: 0, timezone: localTimezone },
  instants: { since: new Date().toISOString() },
  session: { session: "30m" },
};

/** When it must have happened. */
export function WindowField({ window, onChange, id = "" }: Props) {
  const { isReadOnly } = useBuilder();
  const fault = useFault(id, "window");
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
        {...fault}
      >
        {(kind === "other" ? [...kinds, "other"] : kinds).map((choice) => (
          <PickerItem key={choice} id={choice}>
            {labels[choice as WindowKind]}
          </PickerItem>
        ))}
      </Picker>
      {window ? <WindowDetails kind={kind} window={window} onChange={onChange} /> : null}
    </div>
  );
}

type DetailsProps = { kind: WindowKind; window: JsonObject; onChange: (window: JsonObject) => void };

function WindowDetails({ kind, window, onChange }: DetailsProps) {
  switch (kind) {
    case "last":
    case "before":
    case "session":
      return (
        <>
          {kind === "session" ? <span>{b.sessionEnds}</span> : null}
          <DurationField
            label={m.duration}
            value={String(window[kind])}
            onChange={(value) => onChange({ [kind]: value })}
          />
        </>
      );
    case "between":
      return <AgesField window={window} onChange={onChange} />;
    case "dates":
      return <DatesField window={window} onChange={onChange} />;
    case "calendar":
      return <CalendarField window={window} onChange={onChange} />;
    case "instants":
      return <InstantsField window={window} onChange={onChange} />;
    default:
      return <code className={mono}>{JSON.stringify(window)}</code>;
  }
}

type FieldProps = { window: JsonObject; onChange: (window: JsonObject) => void };

function AgesField({ window, onChange }: FieldProps) {
  const ages = Array.isArray(window["between"]) ? window["between"].map(String) : [];
  const [older = "60d", newer = "30d"] = ages;
  return (
    <>
      <span>{b.older}</span>
      <DurationField label={m.fromDate} value={older} onChange={(value) => onChange({ between: [value, newer] })} />
      <span>{b.newer}</span>
      <DurationField label={m.toDate} value={newer} onChange={(value) => onChange({ between: [older, value] })} />
      <span>{b.ago}</span>
    </>
  );
}

function DatesField({ window, onChange }: FieldProps) {
  const { isReadOnly } = useBuilder();
  const date = (name: "from" | "to", label: string) => (
    <TextField
      aria-label={label}
      size="S"
      type="date"
      isReadOnly={isReadOnly}
      value={String(window[name] ?? "")}
      onChange={(value) => onChange(withMember(window, name, value))}
    />
  );
  return (
    <>
      {date("from", m.fromDate)}
      <span>{m.to}</span>
      {date("to", m.toDate)}
      <ZoneOf window={window} onChange={onChange} />
    </>
  );
}

function InstantsField({ window, onChange }: FieldProps) {
  const moment = (name: "since" | "until", label: string) => (
    <MomentField
      label={label}
      value={typeof window[name] === "string" ? window[name] : null}
      onChange={(instant) => onChange(withMember(window, name, instant ?? ""))}
    />
  );
  return (
    <>
      {moment("since", b.sinceMoment)}
      <span>{m.to}</span>
      {moment("until", b.untilMoment)}
    </>
  );
}

function ZoneOf({ window, onChange }: FieldProps) {
  return (
    <ZoneField
      value={String(window["timezone"] ?? "")}
      onChange={(timezone) => onChange(withMember(window, "timezone", timezone))}
    />
  );
}

const periods = ["day", "week", "month", "quarter", "year"] as const;

/** The present period, the one before, or one further back. */
function CalendarField({ window, onChange }: FieldProps) {
  const { isReadOnly } = useBuilder();
  const offset = Number(window["offset"] ?? 0);
  const period = String(window["calendar"]);
  const choices = Object.fromEntries(
    periods.flatMap((each) => [
      [`${each}:0`, m.periods[each].current],
      [`${each}:-1`, m.periods[each].last],
    ]),
  );
  const isNear = offset === 0 || offset === -1;
  return (
    <>
      <ChoicePicker
        label={m.period}
        choices={choices}
        value={isNear ? `${period}:${offset}` : `${period}:-1`}
        onChange={(key) => {
          const [calendar = "month", back = "0"] = key.split(":");
          onChange({ ...window, calendar, offset: Number(back) });
        }}
      />
      {offset === 0 ? null : (
        <NumberField
          aria-label={b.periodsBack}
          size="S"
          styles={backWidth}
          minValue={1}
          isReadOnly={isReadOnly}
          value={-offset}
          onChange={(back) => onChange({ ...window, offset: -Math.max(1, Math.round(back) || 1) })}
        />
      )}
      <ZoneOf window={window} onChange={onChange} />
    </>
  );
}

function withMember(window: JsonObject, name: string, value: string): JsonObject {
  const { [name]: _old, ...others } = window;
  return value === "" ? others : { ...others, [name]: value };
}

/** The kind whose form shows every member of the window. */
function kindOf(window: JsonObject | undefined): WindowKind {
  if (!window) return "ever";
  const has = (...names: readonly string[]) => Object.keys(window).every((name) => names.includes(name));
  if (typeof window["last"] === "string" && has("last")) return "last";
  if (typeof window["before"] === "string" && has("before")) return "before";
  if (typeof window["session"] === "string" && has("session")) return "session";
  if (Array.isArray(window["between"]) && window["between"].length === 2 && has("between")) return "between";
  if (window["calendar"] !== undefined) return has("calendar", "offset", "timezone") ? "calendar" : "other";
  if (window["timezone"] !== undefined) return has("from", "to", "timezone") ? "dates" : "other";
  if ((window["from"] !== undefined || window["to"] !== undefined) && has("from", "to")) return "dates";
  return has("since", "until") ? "instants" : "other";
}
