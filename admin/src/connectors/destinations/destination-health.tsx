import { StatusLight } from "@react-spectrum/s2";
import { formatAgo, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { muted } from "../../ui/styles.ts";
import type { Destination } from "./shapes.ts";
import { useLag } from "./use-destination.ts";

const m = messages.connectors.destinations;
const lights = { ok: "positive", failing: "negative", lagging: "notice" } as const;

export function healthText({ status, delivery }: Destination): string {
  return status === "paused" ? messages.connectors.common.isPaused : m.health[delivery.health];
}

export function DestinationHealth({ destination }: { destination: Destination }) {
  const variant = destination.status === "paused" ? "yellow" : lights[destination.delivery.health];
  return <StatusLight variant={variant}>{healthText(destination)}</StatusLight>;
}

/** How much waits in the outbox; for how long stands on the destination's own page. */
export function Waiting({ destinationKey }: { destinationKey: string }) {
  const { data: lag } = useLag(destinationKey);
  if (!lag) return <span className={muted}>{messages.common.none}</span>;
  if (lag.events === 0) return <span className={muted}>{m.nothingWaits}</span>;
  return <span title={lag.oldestAt ? m.oldest(formatAgo(lag.oldestAt)) : ""}>{formatNumber(lag.events)}</span>;
}
