import type { JsonValue } from "../kernel/index.ts";
import { type Link, nobody, quarantined } from "./identity-graph.ts";
import { identifierKey } from "./identity-message.ts";

/** One identity change for the event store: who owned the key from when to when. */
export function toLinkRow(link: Link, version: number): JsonValue {
  return {
    identity_key: `${link.namespace}:${link.value}`,
    valid_from: link.validFrom,
    // What belongs to nobody is an empty interval there.
    valid_to: link.profileId === nobody || link.profileId === quarantined ? link.validFrom : link.validTo,
    profile_id: link.profileId,
    version,
  };
}

/**
 * Closings first: an identifier must not have two open intervals, not even within one statement. Then by key: processes that
 * write the same rows wait for each other instead of deadlocking.
 */
export function orderForWriting(links: Iterable<Link>): readonly Link[] {
  const keyed = [...links].map((link) => ({ link, key: identifierKey(link) }));
  keyed.sort(
    (a, b) =>
      Number(a.link.validTo === null) - Number(b.link.validTo === null) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  );
  return keyed.map(({ link }) => link);
}
