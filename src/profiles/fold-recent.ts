import type { CanonicalEvent } from "../collect/index.ts";
import { fnv1a } from "../kernel/index.ts";
import type { ProfileState, RecentMessage } from "./profile.ts";

type Recent = NonNullable<ProfileState["recent"]>;

/** The same message comes on two ways within moments, or not at all. */
const keptMs = 2 * 60_000;
const keptMessages = 32;

function toRecent({ sourceId, messageId, receivedAt }: CanonicalEvent): RecentMessage {
  return [receivedAt, fnv1a(`${sourceId}\0${messageId}`)];
}

function isBefore([atA, hashA]: RecentMessage, [atB, hashB]: RecentMessage): boolean {
  return atA < atB || (atA === atB && hashA < hashB);
}

function isSame([atA, hashA]: RecentMessage, [atB, hashB]: RecentMessage): boolean {
  return atA === atB && hashA === hashB;
}

/** Ascending, as `known` is; drops what is too old or too much, which depends on the messages only, not on their order. */
function add(known: Recent, message: RecentMessage): Recent {
  const newestAt = Math.max(message[0], known.at(-1)?.[0] ?? message[0]);
  if (message[0] <= newestAt - keptMs) return known;
  let place = known.length;
  while (place > 0 && isBefore(message, known[place - 1] ?? message)) place -= 1;
  const before = known[place - 1];
  if (before && isSame(before, message)) return known;
  let first = Math.max(0, known.length + 1 - keptMessages);
  while (first < place && (known[first]?.[0] ?? newestAt) <= newestAt - keptMs) first += 1;
  if (first > place) return known;
  const kept = known.slice(first);
  kept.splice(place - first, 0, message);
  return kept;
}

/** The messages of the newest two minutes by time of receipt, at most 32. */
export function foldRecent(known: Recent | undefined, event: CanonicalEvent): Recent {
  return add(known ?? [], toRecent(event));
}

/** Commutative; undefined when neither side knows any. */
export function mergeRecent(a: Recent | undefined, b: Recent | undefined): Pick<ProfileState, "recent"> {
  if (!a || !b) return a || b ? { recent: a ?? b ?? [] } : {};
  return { recent: b.reduce(add, a) };
}

/** Whether an event is in the profile already, where it was received at about this time. */
export function holdsMessage(state: ProfileState, event: CanonicalEvent): boolean {
  const [, hash] = toRecent(event);
  return state.recent?.some(([, known]) => known === hash) ?? false;
}
