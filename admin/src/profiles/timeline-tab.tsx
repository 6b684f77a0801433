import { ActionButton, Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatAgo, formatInstant } from "../format.ts";
import { messages } from "../messages.ts";
import { JsonView } from "../ui/json-view.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { describeEvent } from "./describe-event.ts";
import type { TimelineEvent } from "./shapes.ts";
import { useTimeline } from "./use-profiles.ts";

const m = messages.profiles;
const list = style({ listStyleType: "none", margin: 0, padding: 0 });

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
            {query.hasNextPage ? (
              <div>
                <ActionButton onPress={() => void query.fetchNextPage()} isPending={query.isFetchingNextPage}>
                  {messages.list.more}
                </ActionButton>
              </div>
            ) : null}
          </div>
        );
      }}
    </Loaded>
  );
}

function EventLine({ event }: { event: TimelineEvent }) {
  const about = describeEvent(event);
  return (
    <Disclosure isQuiet size="S">
      <DisclosureTitle>
        {event.type}
        {about ? ` · ${about}` : ""} · {formatAgo(event.ts)}
      </DisclosureTitle>
      <DisclosurePanel>
        <p className={muted}>
          {formatInstant(event.ts)}
          {event.originalName && event.originalName !== event.type ? ` · ${m.sentAs(event.originalName)}` : ""}
          {event.source ? ` · ${event.source}` : ""}
        </p>
        <JsonView value={{ properties: event.properties ?? {}, context: event.context ?? {} }} />
      </DisclosurePanel>
    </Disclosure>
  );
}
