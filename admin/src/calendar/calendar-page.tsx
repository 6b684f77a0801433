import { Button, Picker, PickerItem, SegmentedControl, SegmentedControlItem, TextField } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import { localTimezone } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { Page } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, rowEnd, stackWide } from "../ui/styles.ts";
import { isTimezone, localDay, type SpanKind, spanAround, stepFrom } from "./span.ts";
import { type CalendarAnswer, TimeLine } from "./time-line.tsx";

const m = messages.calendar;
const spanKinds = ["week", "month"] as const;
const kindNames: Readonly<Record<string, string>> = messages.kinds;

type Kinds = { readonly items: readonly { readonly kind: string; readonly label: string }[] };

/** What runs when, as bars over the days of a week or a month. */
export function CalendarPage() {
  const [url, change] = useUrlState();
  const typedZone = url["zone"] ?? localTimezone;
  const timezone = isTimezone(typedZone) ? typedZone : localTimezone;
  const kind: SpanKind = url["span"] === "week" ? "week" : "month";
  const today = localDay(Date.now(), timezone);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(url["day"] ?? "") ? (url["day"] ?? today) : today;
  const span = spanAround(day, kind, timezone);
  const chosen = (url["kinds"] ?? "").split(",").filter((each) => each !== "");
  const params = {
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
    kind: chosen.join(","),
  };
  const query = useQuery({
    queryKey: ["calendar", params],
    queryFn: ({ signal }) => get<CalendarAnswer>("/v1/definitions/calendar", params, { signal }),
  });
  const kinds = useQuery({
    queryKey: ["definition-kinds"],
    queryFn: ({ signal }) => get<Kinds>("/v1/definitions/kinds", {}, { signal }),
    staleTime: 300_000,
  });
  return (
    <Page title={m.title} description={m.description}>
      <div className={stackWide}>
        <div className={rowEnd}>
          <SegmentedControl
            aria-label={m.span}
            selectedKey={kind}
            onSelectionChange={(key) => change({ span: String(key) })}
          >
            {spanKinds.map((each) => (
              <SegmentedControlItem key={each} id={each}>
                {m.spans[each]}
              </SegmentedControlItem>
            ))}
          </SegmentedControl>
          <Button variant="secondary" onPress={() => change({ day: stepFrom(day, kind, -1) })}>
            {m.previous}
          </Button>
          <Button variant="secondary" onPress={() => change({ day: null })}>
            {m.today}
          </Button>
          <Button variant="secondary" onPress={() => change({ day: stepFrom(day, kind, 1) })}>
            {m.next}
          </Button>
          <Picker
            label={m.kinds}
            selectionMode="multiple"
            placeholder={m.allKinds}
            value={chosen}
            onChange={(keys) => change({ kinds: [...(keys as Iterable<string | number>)].join(",") || null })}
          >
            {(kinds.data?.items ?? []).map(({ kind: id, label }) => (
              <PickerItem key={id} id={id}>
                {kindNames[id] ?? label}
              </PickerItem>
            ))}
          </Picker>
          <TextField
            label={m.timezone}
            defaultValue={typedZone}
            onChange={(zone) => (isTimezone(zone) ? change({ zone }) : undefined)}
          />
        </div>
        <Loaded query={query}>
          {(answer) => (
            <>
              {answer.isCut ? <p className={muted}>{m.cut}</p> : null}
              {answer.items.length === 0 ? (
                <EmptyState title={m.emptyTitle} text={m.emptyText} />
              ) : (
                <TimeLine answer={answer} span={span} timezone={timezone} today={today} />
              )}
              <p className={muted}>{m.days(answer.timezone)}</p>
            </>
          )}
        </Loaded>
      </div>
    </Page>
  );
}
