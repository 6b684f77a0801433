import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatAgo, formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { JsonView } from "../ui/json-view.tsx";
import { MoreRows } from "../ui/more-rows.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { body, muted, stack, strong } from "../ui/styles.ts";
import { describeEvent } from "./describe-event.ts";
import type { TimelineEvent } from "./shapes.ts";
import { useTimeline } from "./use-profiles.ts";

const m = messages.profiles;
const list = style({ listStyleType: "none", margin: 0, padding: 0 });
const item = style({
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  paddingY: 8,
});
const line = style({
  display: "grid",
  gridTemplateColumns: "minmax(160px, 1fr) minmax(0, 3fr) max-content",
  gap: 16,
  alignItems: "baseline",
  cursor: "pointer",
  paddingY: 4,
});

/** What happened, newest first; each line opens to the event as it was stored. */
export function TimelineTab({ profileId }: { profileId: string }) {
  const query = useTimeline(profileId);
  return (
    <Loaded query={query}>
      {(data) => {
        const events = data.pages.flatMap((page) => page.items);
        if (events.length === 0) return <EmptyState title={m.noEvents} text={m.noEventsText} />;
        return (
          <div className={stack}>
            <ol className={list}>
              {events.map((event) => (
                <li key={event.eventId}>
                  <EventLine event={event} />
                </li>
              ))}
            </ol>
            <MoreRows query={query} />
          </div>
        );
      }}
    </Loaded>
  );
}

function EventLine({ event }: { event: TimelineEvent }) {
  const about = describeEvent(event);
  return (
    <details className={item}>
      <summary className={line}>
        <span className={strong}>{event.type}</span>
        <span className={body}>{about}</span>
        <time className={muted} dateTime={new Date(event.ts).toISOString()} title={formatInstant(event.ts)}>
          {formatAgo(event.ts)}
        </time>
      </summary>
      <p className={muted}>
        {formatInstant(event.ts)}
        {event.originalName && event.originalName !== event.type ? ` · ${m.sentAs(event.originalName)}` : ""}
        {event.source ? ` · ${event.source}` : ""}
      </p>
      <JsonView value={{ properties: event.properties ?? {}, context: event.context ?? {} }} />
    </details>
  );
}
