// What destinations want is copied into the outbox in the transaction of its batch: nothing is lost between processing and
// delivery, and a destination that is slow or away costs the event path nothing more. Without an active destination it costs nothing.
import type { CanonicalEvent } from "../../collect/index.ts";
import type { Clock } from "../../kernel/index.ts";
import type { Sql } from "../../storage/index.ts";
import { type DerivedEvent, transitionItems, wantsAudience } from "./audience-transitions.ts";
import type { Destination, OutboxItem } from "./destination.ts";
import type { DestinationStore } from "./store.ts";

/** An event with its profile, as the processor resolved it. */
export type ObservedEvent = {
  readonly event: CanonicalEvent;
  readonly profileId: string;
  /** What may be stored of it; null = nothing. Absent = the event as it is. */
  readonly stored?: CanonicalEvent | null;
};

const maxChunkLength = 1024 ** 2;

/** Tests whether any of the destinations can want a name; rules are asked when the event leaves. */
export function wantedNames(destinations: readonly Destination[]): (type: string) => boolean {
  const filters = destinations
    .filter(({ status }) => status === "active")
    .map(({ config }) => ({
      names: config.events.names && new Set(config.events.names),
      except: new Set(config.events.except),
    }));
  return (type) => filters.some(({ names, except }) => !except.has(type) && (names === undefined || names.has(type)));
}

/** Tests whether any of the destinations can want the transitions of an audience. */
function wantedAudiences(
  destinations: readonly Destination[],
  keyOf: (audienceId: string) => string | undefined,
): (audienceId: string) => boolean {
  const choices = destinations.filter(({ status }) => status === "active").map(({ config }) => config.audiences);
  return (id) => choices.some((choice) => wantsAudience(choice, id, keyOf(id)));
}

function toItem({ event, profileId, stored }: ObservedEvent): OutboxItem | null {
  if (stored === null) return null;
  const kept = stored ?? event;
  // Without identifiers nothing may lead back to the person.
  return kept.identifiers.length === 0 ? { event: kept } : { event: kept, profileId };
}

/** Items as JSON texts of bounded length, in order. */
export function toChunks(
  items: readonly OutboxItem[],
): readonly { readonly count: number; readonly payload: string }[] {
  const chunks: { count: number; payload: string }[] = [];
  let texts: string[] = [];
  let length = 0;
  const close = () => {
    if (texts.length > 0) chunks.push({ count: texts.length, payload: `[${texts.join(",")}]` });
    texts = [];
    length = 0;
  };
  for (const item of items) {
    const text = JSON.stringify(item);
    if (length + text.length > maxChunkLength) close();
    texts.push(text);
    length += text.length;
  }
  close();
  return chunks;
}

export function createOutboxWriter(deps: {
  readonly store: DestinationStore;
  readonly clock: Clock;
  readonly active: () => readonly Destination[];
  /** Key of a live audience. */
  readonly audienceKeyOf: (audienceId: string) => string | undefined;
}) {
  const wantsOf = (active: readonly Destination[]) => ({
    of: active,
    event: wantedNames(active),
    audience: wantedAudiences(active, deps.audienceKeyOf),
  });
  let wants: ReturnType<typeof wantsOf> | undefined;
  /** The observer of the event path; null when nobody wants anything of the batch. */
  return (
    observed: readonly ObservedEvent[],
    derived: readonly DerivedEvent[] = [],
  ): ((tx: Sql) => Promise<void>) | null => {
    const active = deps.active();
    if (active.length === 0) return null;
    if (wants?.of !== active) wants = wantsOf(active);
    const { event: wantsEvent, audience: wantsTransitions } = wants;
    const items = [
      ...observed.flatMap((one) => (wantsEvent(one.event.type) ? (toItem(one) ?? []) : [])),
      ...transitionItems(derived, wantsTransitions),
    ];
    if (items.length === 0) return null;
    // Worked out here, before the transaction, which must be short.
    const chunks = toChunks(items);
    return (tx) => deps.store.outbox.append(tx, deps.clock.now(), chunks);
  };
}
