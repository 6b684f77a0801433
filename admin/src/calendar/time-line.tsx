import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { DefinitionStatus } from "../api/shapes.ts";
import { pathByKind } from "../definitions/path-by-kind.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { muted, mutedXs, stackTight, visuallyHidden } from "../ui/styles.ts";
import type { Span } from "./span.ts";

const m = messages.calendar;
const kindNames: Readonly<Record<string, string>> = messages.kinds;

export type CalendarItem = {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly status: DefinitionStatus;
  readonly isDraft: boolean;
  readonly from: string | null;
  readonly to: string | null;
};
export type CalendarAnswer = {
  readonly timezone: string;
  readonly isCut: boolean;
  readonly items: readonly CalendarItem[];
};

const frame = style({
  overflowX: "auto",
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "lg",
  backgroundColor: "elevated",
});
const table = style({ width: "full", minWidth: 640, borderCollapse: "collapse", borderSpacing: 0 });
const head = style({ font: "detail-sm", color: "neutral-subdued", textAlign: "start", padding: 8 });
const name = style({ padding: 8, width: 240, textAlign: "start", fontWeight: "normal", verticalAlign: "top" });
const lane = style({ padding: 8, verticalAlign: "middle" });
const scale = style({ display: "flex" });
const tick = style({
  font: "detail-sm",
  minWidth: 0,
  overflow: "hidden",
  color: { default: "neutral-subdued", isToday: "heading" },
});
const track = style({ position: "relative", height: 16, backgroundColor: "gray-75", borderRadius: "sm" });
const bar = style({
  position: "absolute",
  top: 0,
  height: 16,
  borderRadius: "sm",
  boxSizing: "border-box",
  borderWidth: 2,
  borderStyle: { default: "solid", isDraft: "dashed" },
  borderColor: "blue-900",
  backgroundColor: { default: "blue-400", isDraft: "transparent" },
});

type Props = { answer: CalendarAnswer; span: Span; timezone: string; today: string };

/** One line a definition; its times stand in words too, so the bar is only an aid. */
export function TimeLine({ answer, span, timezone, today }: Props) {
  const { days } = span;
  const every = days.length > 7 ? 3 : 1;
  const [first = "", last = ""] = [days[0], days.at(-1)];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
    <section className={frame} aria-label={m.table(`${first} – ${last}`)} tabIndex={0}>
      <table className={table}>
        <thead>
          <tr>
            <th scope="col" className={head}>
              {m.what}
            </th>
            <th scope="col" className={head}>
              <span className={visuallyHidden}>{m.when}</span>
              <span className={scale} aria-hidden="true">
                {days.map((day, at) =>
                  at % every === 0 ? (
                    // As wide as the days up to the next mark, so that marks stand where days begin.
                    <span
                      key={day}
                      className={tick({ isToday: day === today })}
                      style={{ flex: `${Math.min(every, days.length - at)} 1 0` }}
                    >
                      {day.slice(8)}.{day.slice(5, 7)}.
                    </span>
                  ) : null,
                )}
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.items.map((item) => (
            <tr key={`${item.id} ${item.isDraft}`}>
              <th scope="row" className={name}>
                <ItemName item={item} />
              </th>
              <td className={lane}>
                <div className={stackTight}>
                  <div className={track} aria-hidden="true">
                    <div className={bar({ isDraft: item.isDraft })} style={placeOf(item, span)} />
                  </div>
                  <span className={mutedXs}>{timesOf(item, timezone)}</span>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ItemName({ item }: { item: CalendarItem }) {
  const path = pathByKind[item.kind];
  const status = item.isDraft ? m.draft : messages.status[item.status];
  return (
    <div className={stackTight}>
      {path ? <AppLink to={`${path}/${item.id}`}>{item.name}</AppLink> : <span>{item.name}</span>}
      <span className={muted}>
        {kindNames[item.kind] ?? item.kind} · {status}
      </span>
    </div>
  );
}

function placeOf({ from, to }: CalendarItem, { fromMs, toMs }: Span): { left: string; width: string } {
  const whole = toMs - fromMs;
  const start = Math.max(0, ((from === null ? fromMs : Date.parse(from)) - fromMs) / whole);
  const end = Math.min(1, ((to === null ? toMs : Date.parse(to)) - fromMs) / whole);
  return { left: `${start * 100}%`, width: `${Math.max(0.5, (end - start) * 100)}%` };
}

function timesOf({ from, to }: CalendarItem, timezone: string): string {
  const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: timezone });
  const start = from === null ? m.since : shown.format(new Date(from));
  return `${start} – ${to === null ? m.open : shown.format(new Date(to))}`;
}
