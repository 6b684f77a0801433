import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import { formatAgo, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Tile } from "../../ui/facts.tsx";
import { stackWide, tiles } from "../../ui/styles.ts";
import { DeadLetters } from "./dead-letters.tsx";
import type { Destination } from "./shapes.ts";
import { useLag } from "./use-destination.ts";

const m = messages.connectors.destinations;

/** How it goes: counts, what waits, what was refused. */
export function DeliveryTab({ destination }: { destination: Destination }) {
  const { data: lag } = useLag(destination.key);
  const { delivery } = destination;
  return (
    <div className={stackWide}>
      <Trouble destination={destination} />
      <div className={tiles}>
        <Tile label={m.delivered} value={formatNumber(delivery.delivered)} note={lastText(delivery.lastDeliveredAt)} />
        <Tile
          label={m.waiting}
          value={formatNumber(lag?.events ?? null)}
          note={lag?.oldestAt ? m.oldest(formatAgo(lag.oldestAt)) : m.waitingText}
        />
        <Tile label={m.filtered} value={formatNumber(delivery.filtered)} note={m.filteredText} />
        <Tile label={m.dead} value={formatNumber(delivery.dead)} />
        {delivery.lost > 0 ? <Tile label={m.lost} value={formatNumber(delivery.lost)} note={m.lostText} /> : null}
      </div>
      <DeadLetters destination={destination} />
    </div>
  );
}

function lastText(at: string | null): string {
  return `${m.lastDelivered}: ${at ? formatAgo(at) : messages.connectors.common.never}`;
}

function Trouble({ destination: { status, delivery } }: { destination: Destination }) {
  if (status === "paused") {
    return (
      <InlineAlert variant="notice">
        <Heading level={2}>{messages.connectors.common.isPaused}</Heading>
        <Content>{m.pauseText}</Content>
      </InlineAlert>
    );
  }
  if (delivery.health === "ok") return null;
  const { failingSince, nextAttemptAt, lastError, failures } = delivery;
  return (
    <InlineAlert variant="negative">
      <Heading level={2}>{m.health[delivery.health]}</Heading>
      <Content>
        {lastError ? `${m.error}: ${lastError}. ` : ""}
        {failingSince ? m.failingSince(formatAgo(failingSince), formatNumber(failures)) : ""}{" "}
        {nextAttemptAt ? m.nextAttempt(formatAgo(nextAttemptAt)) : ""}
      </Content>
    </InlineAlert>
  );
}
