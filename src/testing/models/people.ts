// People of a shop in memory, as trainings read them: without an engine, in milliseconds.
import type { CanonicalEvent } from "../../collect/index.ts";
import type { PeopleDeps } from "../../models/training/read-people.ts";
import { emptyState, foldEvent, type ProfileRow } from "../../profiles/index.ts";
import { anEvent } from "../builders.ts";

export const shopCurrency = "USD";

type Amount = { readonly minor: number; readonly currency: string };
export const toShopMinor = ({ minor, currency }: Amount): number | undefined =>
  currency === shopCurrency ? minor : undefined;

const fold: PeopleDeps["fold"] = (state, event) =>
  foldEvent(state, event, { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency: shopCurrency });

/** An order of a customer; its number follows from customer and time. */
export function anOrder(customerId: string, at: number, minor: number, currency = shopCurrency): CanonicalEvent {
  const id = `${customerId}@${at}`;
  return anEvent({
    type: "orderPlaced",
    messageId: id,
    at,
    customerId,
    properties: { orderId: id, orderTotal: { minor, currency }, items: [{ sku: `sku-${minor % 7}`, qty: 1 }] },
  });
}

/** @param events of everybody, each with a `user_id`; @param pageSize of the event store's answers */
export function peopleOf(events: readonly CanonicalEvent[], pageSize = 1_000): PeopleDeps {
  const ordered = [...events].sort((a, b) => a.timestamp - b.timestamp || (a.messageId < b.messageId ? -1 : 1));
  const ownerOf = ({ identifiers }: CanonicalEvent): string => identifiers[0]?.value ?? "";
  const byId = new Map<string, CanonicalEvent[]>();
  for (const event of ordered) {
    const own = byId.get(ownerOf(event)) ?? [];
    byId.set(ownerOf(event), own);
    own.push(event);
  }
  const rows = [...byId].map(([profileId, own]): ProfileRow => {
    const state = own.reduce(fold, emptyState(own[0]?.timestamp ?? 0));
    return { profileId, version: 1, createdAt: 0, state, mergeCount: 0, evidencePosition: "", nextChangeAt: null };
  });
  rows.sort((a, b) => (a.profileId < b.profileId ? -1 : 1));
  return {
    scan: async (afterId, limit) =>
      rows.filter(({ profileId }) => afterId === null || profileId > afterId).slice(0, limit),
    count: async () => rows.length,
    linksOf: async (ids) =>
      ids.map((profileId) => ({
        ...{ profileId, namespace: "user_id", value: profileId },
        ...{ validFrom: 0, validTo: null, verified: true },
      })),
    eventsOf: async function* (identifiers) {
      const wanted = new Set(identifiers.map(({ value }) => value));
      const own = ordered.filter((event) => wanted.has(ownerOf(event)));
      for (let start = 0; start < own.length; start += pageSize) yield own.slice(start, start + pageSize);
    },
    identityKey: (event) => `user_id:${ownerOf(event)}`,
    fold,
    toMinor: toShopMinor,
  };
}
