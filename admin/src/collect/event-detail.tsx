import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Facts } from "../ui/facts.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { Panel } from "../ui/page.tsx";
import { muted } from "../ui/styles.ts";
import type { SeenEvent } from "./use-live-events.ts";

const m = messages.events;

/** One event in full: what came, what was changed or refused, and why. */
export function EventDetail({ event }: { event: SeenEvent | null }) {
  if (!event) {
    return (
      <Panel title={m.detail}>
        <p className={muted}>{m.choose}</p>
      </Panel>
    );
  }
  const none = messages.common.none;
  return (
    <Panel title={event.type || m.untyped}>
      {event.status === "rejected" ? (
        <InlineAlert variant="negative">
          <Heading level={2}>{m.statuses.rejected}</Heading>
          <Content>
            {event.message} ({event.code})
          </Content>
        </InlineAlert>
      ) : null}
      {(event.flags ?? []).length > 0 ? (
        <InlineAlert variant="notice">
          <Heading level={2}>{m.changed}</Heading>
          <Content>
            <ul>
              {event.flags?.map((flag) => (
                <li key={flag}>{m.flags[flag as keyof typeof m.flags] ?? flag}</li>
              ))}
            </ul>
          </Content>
        </InlineAlert>
      ) : null}
      <Facts
        facts={[
          { label: m.result, value: m.statuses[event.status] },
          { label: m.happened, value: formatInstant(event.ts) },
          { label: m.received, value: formatInstant(event.receivedAt) },
          { label: m.sentAs, value: event.originalName ?? none },
          { label: m.id, value: event.eventId ?? none },
          { label: m.source, value: event.sourceId ?? none },
          {
            label: m.who,
            value: (event.identifiers ?? []).map(({ namespace, value }) => `${namespace}: ${value}`).join(", ") || none,
          },
        ]}
      />
      <JsonView
        label={m.payload}
        value={event.payload ?? { properties: event.properties ?? {}, context: event.context ?? {} }}
      />
    </Panel>
  );
}
