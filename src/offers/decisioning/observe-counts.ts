// Counts impressions, clicks and events of the shop, in the transaction of their batch: each event counts once, however often it comes.
import type { CanonicalEvent } from "../../collect/index.ts";
import { isObject } from "../../kernel/index.ts";
import { type CompiledRule, localDayOf } from "../../kernel/rules/index.ts";
import type { ObserveBatch, ReevaluateBatch } from "../../profiles/index.ts";
import { type CompiledCap, stockOf } from "./caps.ts";
import type { LiveCounts } from "./live-counts.ts";
import type { Offer, OfferSet } from "./offer-set.ts";
import { everybody, type Increment, type OfferCountStore } from "./store.ts";
import type { PersonalCodeStore } from "./store-codes.ts";
import type { Confirmation, HoldStore } from "./store-holds.ts";
import type { PersonStockStore } from "./store-person-stock.ts";

const countedOfType: Readonly<Record<string, "impression" | "click">> = {
  propositionDisplay: "impression",
  propositionInteract: "click",
};
const maxPropositions = 50;

/** What a decision showed, where this process still knows it. */
export type KnownDecision = { readonly placement: string; readonly offers: readonly string[] };

type Named = { readonly offer: Offer; readonly placement: string };

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The offers an event is about: those it names by id or key, else those of its decision. */
export function offersOf(
  { properties }: Pick<CanonicalEvent, "properties">,
  set: OfferSet,
  decisionOf: (decisionId: string) => KnownDecision | undefined,
): readonly Named[] {
  const find = (reference: string) => set.byId.get(reference) ?? set.byKey.get(reference);
  const { propositions } = properties;
  const parts = Array.isArray(propositions) ? propositions.slice(0, maxPropositions).filter(isObject) : [];
  const place = text(properties["placement"]);
  const found = new Map<string, Named>();
  const add = (offer: Offer | undefined, placement: string): boolean => {
    if (offer) found.set(`${offer.id} ${placement}`, { offer, placement });
    return offer !== undefined;
  };
  for (const part of parts.length > 0 ? parts : [properties]) {
    const decision = decisionOf(text(properties["decisionId"]) || text(part["id"]));
    const placement = place || text(part["scope"]) || decision?.placement || "";
    if (add(find(text(part["itemId"])), placement)) continue;
    if (add(find(text(part["offerId"])), placement)) continue;
    if (add(find(text(part["activityId"]) || text(properties["activityId"])), placement)) continue;
    for (const key of decision?.offers ?? []) add(set.byKey.get(key), placement);
  }
  return [...found.values()];
}

export type Capped = {
  readonly impression: ReadonlySet<string>;
  readonly click: ReadonlySet<string>;
  /** By name of the event. */
  readonly custom: ReadonlyMap<string, readonly { readonly offer: Offer; readonly cap: CompiledCap }[]>;
  readonly perProfile: ReadonlySet<string>;
  readonly inTotal: ReadonlySet<string>;
  readonly totalIds: readonly string[];
  readonly decided: ReadonlySet<string>;
  /** Offers with a hard limit. */
  readonly hardIds: readonly string[];
  /** Whether an offer has a hard limit for each person, and whether one comes with a personal code. */
  readonly hasPersonLimits: boolean;
  readonly hasCodes: boolean;
  /** Whether an offer is about a cart price rule. */
  readonly hasCartRules: boolean;
};

/** Which offers count what. */
export function cappedOf(set: OfferSet): Capped {
  const custom = new Map<string, { offer: Offer; cap: CompiledCap }[]>();
  const sets = { impression: new Set<string>(), click: new Set<string>(), decision: new Set<string>() };
  const [perProfile, inTotal] = [new Set<string>(), new Set<string>()];
  for (const offer of set.offers)
    for (const cap of offer.caps) {
      (cap.rule.per === "total" ? inTotal : perProfile).add(offer.id);
      if (cap.rule.counted !== "custom") sets[cap.rule.counted].add(offer.id);
      else {
        const event = cap.rule.event ?? "";
        const known = custom.get(event) ?? [];
        // Two caps on the same event share their count.
        if (!known.some((one) => one.offer === offer && one.cap.counted === cap.counted)) known.push({ offer, cap });
        custom.set(event, known);
      }
    }
  return {
    ...{ impression: sets.impression, click: sets.click, decided: sets.decision },
    ...{ custom, perProfile, inTotal, totalIds: [...inTotal] },
    hardIds: set.offers.flatMap(({ hard, id }) => (hard.length > 0 ? [id] : [])),
    hasCartRules: set.offers.some(({ cartRule }) => cartRule !== undefined),
    hasPersonLimits: set.offers.some(({ isPersonal }) => isPersonal),
    hasCodes: set.offers.some(({ cartRule }) => cartRule?.personalCode !== undefined),
  };
}

const maxDecisionIds = 5;
const maxIdLength = 100;

/** Ids of decisions that an event names. */
function decisionIdsOf({ properties }: Pick<CanonicalEvent, "properties">): readonly string[] {
  const { propositions } = properties;
  const parts = Array.isArray(propositions) ? propositions.slice(0, maxPropositions).filter(isObject) : [];
  const named = [text(properties["decisionId"]), ...parts.map((part) => text(part["id"]))];
  const ids = [...new Set(named)].filter((id) => id !== "" && id.length <= maxIdLength && !id.includes("\0"));
  return ids.length > 0 ? ids.slice(0, maxDecisionIds) : [""];
}

/** Which pieces of stocks an event uses up: those its decision shows, else those its visitor holds. */
function confirmationsOf(
  event: CanonicalEvent,
  offer: Offer,
  counted: string,
  placement: string,
  profileId: string,
): readonly Confirmation[] {
  const hard = offer.hard.filter((cap) => cap.counted === counted);
  if (hard.length === 0) return [];
  const device = event.identifiers.find(({ namespace }) => namespace === "anonymous_id" || namespace === "ecid");
  return decisionIdsOf(event).flatMap((decisionId) =>
    hard.map((cap) => {
      const { offerId, cap: stock, placement: at } = stockOf(offer.id, cap, placement, 0, "");
      const who = { decisionId, profileId, device: device ? `${device.namespace}:${device.value}` : "" };
      const isPersonal = cap.rule.per === "profile";
      return { offerId, cap: stock, placement: at, limit: cap.rule.limit, isPersonal, times: 1, ...who };
    }),
  );
}

/** Events of one kind by one visitor stand together. */
function addConfirmation(confirmations: Map<string, Confirmation>, one: Confirmation): void {
  const key = JSON.stringify(one);
  confirmations.set(key, { ...one, times: (confirmations.get(key)?.times ?? 0) + 1 });
}

export function createCountObserver(deps: {
  readonly set: () => OfferSet;
  readonly capped: () => Capped;
  readonly counts: Pick<LiveCounts, "touch" | "moved" | "slot">;
  readonly store: Pick<OfferCountStore, "add" | "merge">;
  readonly holds: Pick<HoldStore, "confirm" | "merge">;
  readonly persons: Pick<PersonStockStore, "merge">;
  readonly codes: Pick<PersonalCodeStore, "merge">;
  /** Profiles became others: what memory knows of them is out of date. */
  readonly onMerged: (profileIds: readonly string[]) => void;
  readonly decisionOf: (decisionId: string) => KnownDecision | undefined;
  readonly compile: (rule: unknown) => CompiledRule;
  readonly timezone: string;
}) {
  const compiled = new WeakMap<CompiledCap, CompiledRule>();
  const holds = (cap: CompiledCap, event: CanonicalEvent): boolean => {
    const { rule } = cap.rule;
    if (rule === undefined) return true;
    const known = compiled.get(cap) ?? deps.compile(rule);
    compiled.set(cap, known);
    const { type, timestamp, sourceId, storeView, properties, context } = event;
    const subject = { event: { type, timestamp, source: sourceId, storeView, properties, context } };
    return known.test(subject, timestamp);
  };

  const countsOf = (event: CanonicalEvent): readonly { offer: Offer; counted: string; placement: string }[] => {
    const { custom, ...capped } = deps.capped();
    const found: { offer: Offer; counted: string; placement: string }[] = [];
    const counted = Object.hasOwn(countedOfType, event.type) ? countedOfType[event.type] : undefined;
    if (counted && capped[counted].size > 0)
      for (const { offer, placement } of offersOf(event, deps.set(), deps.decisionOf))
        if (capped[counted].has(offer.id)) found.push({ offer, counted, placement });
    for (const { offer, cap } of custom.get(event.type) ?? [])
      if (holds(cap, event)) found.push({ offer, counted: cap.counted, placement: "" });
    return found;
  };

  const observe: ObserveBatch = (resolved) => {
    const capped = deps.capped();
    if (capped.impression.size + capped.click.size + capped.custom.size === 0) return null;
    const increments = new Map<string, Increment>();
    const add = (increment: Increment): void => {
      const { profileId, offerId, counted, placement, day } = increment;
      const key = `${profileId} ${offerId} ${counted} ${placement} ${day}`;
      increments.set(key, { ...increment, n: (increments.get(key)?.n ?? 0) + 1 });
    };
    const touched = new Set<string>();
    const confirmations = new Map<string, Confirmation>();
    for (const { event, profileId, stored } of resolved) {
      if (stored === null) continue;
      for (const { offer, counted, placement } of countsOf(event)) {
        const day = localDayOf(event.timestamp, deps.timezone);
        const cell = { offerId: offer.id, counted, placement: placement.slice(0, 300), day, n: 0 };
        for (const one of confirmationsOf(event, offer, counted, cell.placement, stored === event ? profileId : ""))
          addConfirmation(confirmations, one);
        if (capped.inTotal.has(offer.id)) add({ ...cell, profileId: everybody, slot: deps.counts.slot });
        // Without consent to store the event, nothing is noted of the person.
        if (stored !== event || !capped.perProfile.has(offer.id)) continue;
        add({ ...cell, profileId, slot: 0 });
        touched.add(profileId);
      }
    }
    if (increments.size === 0) return null;
    return async (tx) => {
      deps.counts.touch(touched);
      await deps.store.add(tx, [...increments.values()]);
      // In one order for all batches: two that confirm the same pieces do not wait for each other in a circle.
      await deps.holds.confirm(
        tx,
        [...confirmations.keys()].sort().flatMap((key) => confirmations.get(key) ?? []),
      );
    };
  };

  /** The same judgement, whose write also joins the counts of profiles that are merged. */
  const watch =
    (reevaluate: ReevaluateBatch): ReevaluateBatch =>
    (changed, merged, batchId) => {
      const result = reevaluate(changed, merged, batchId);
      if (merged.size === 0) return result;
      const survivors = survivorsOf(merged);
      return {
        ...result,
        write: async (tx) => {
          await result.write(tx);
          deps.counts.touch([...survivors.keys(), ...survivors.values()]);
          deps.counts.moved(survivors);
          // Holds before stocks, as everywhere; stocks before the counts that they may begin with.
          await deps.holds.merge(tx, survivors);
          await deps.persons.merge(tx, survivors, deps.capped().hasPersonLimits);
          await deps.store.merge(tx, survivors);
          await deps.codes.merge(tx, survivors);
          deps.onMerged([...survivors.keys(), ...survivors.values()]);
        },
      };
    };

  return { observe, watch };
}

/** Who a profile is in the end, when mergers follow each other. */
export function survivorsOf(merged: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const last = (id: string): string => {
    let current = id;
    for (let steps = 0; steps <= merged.size; steps += 1) {
      const next = merged.get(current);
      if (next === undefined) return current;
      current = next;
    }
    return current;
  };
  return new Map([...merged.keys()].map((loser) => [loser, last(loser)]));
}
