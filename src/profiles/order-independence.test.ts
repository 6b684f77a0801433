// The same messages give the same graph, whatever the order and the batches they come in, and however often (H.2).
import fc from "fast-check";
import { expect, it } from "vitest";
import { type CanonicalEvent, type Identifier, namespaceOf } from "../collect/index.ts";
import { newId } from "../kernel/index.ts";
import { anEvent } from "../testing/builders.ts";
import { foldEvent } from "./fold-event.ts";
import {
  createIdentityGraph,
  finalSurvivor,
  type IdentityGraph,
  type Link,
  linkAt,
  nobody,
  quarantined,
  type WorkingProfile,
} from "./identity-graph.ts";
import { evidenceOf, identifierKey, isEvidence, toMessage } from "./identity-message.ts";
import { createIdentityRules, defaultIdentitySettings } from "./identity-rules.ts";
import type { StoredEvidence } from "./replay-identity.ts";
import { loadBatch } from "./replay-late.ts";
import { ownerOfMessage, resolveIdentity } from "./resolve-identity.ts";

const fold = { parentOf: () => undefined, applyLeaves: (leaves: object) => leaves as never, currency: "USD" };
const rules = createIdentityRules({
  settings: {
    ...defaultIdentitySettings,
    traitIdentifiers: [
      { trait: "clubNumber", namespace: "club", limit: 2, unique: false, normalise: "upper" },
      { trait: "oldShopId", namespace: "old_shop", limit: 5, unique: true, normalise: "trim" },
    ],
  },
});
const start = 1_760_000_000_000;
const minute = 60_000;

type Drawn = {
  readonly at: number;
  readonly type: string;
  readonly user: string | undefined;
  readonly email: string | undefined;
  readonly devices: readonly string[];
  readonly trusted: boolean;
  readonly previous: string;
  readonly club?: string | undefined;
  readonly oldShop?: string | undefined;
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  at: fc.integer({ min: 1, max: 20_000 }),
  type: fc.oneof(
    { weight: 8, arbitrary: fc.constant("pageView") },
    { weight: 2, arbitrary: fc.constant("signOut") },
    { weight: 1, arbitrary: fc.constant("alias") },
  ),
  user: fc.option(fc.constantFrom("u1", "u2", "u3"), { nil: undefined, freq: 2 }),
  email: fc.option(fc.constantFrom("p", "q"), { nil: undefined, freq: 4 }),
  devices: fc.uniqueArray(
    fc.constantFrom("anonymous_id a1", "anonymous_id a2", "ecid e1", "anonymous_id a3", "device:ios d1"),
    {
      maxLength: 2,
    },
  ),
  trusted: fc.boolean(),
  previous: fc.constantFrom("a3", "u2", "old"),
  club: fc.constantFrom(undefined, undefined, undefined, undefined, "c1", "c2", "C2", "c3"),
  oldShop: fc.constantFrom(undefined, undefined, undefined, undefined, "o1", "o2"),
});

function toEvents(stream: readonly Drawn[], run: string): readonly CanonicalEvent[] {
  const times = new Set<number>();
  return stream.flatMap((each, index): CanonicalEvent[] => {
    const given: Identifier[] = [
      ...(each.user ? [{ namespace: "user_id", value: `${each.user}-${run}` }] : []),
      ...(each.email ? [{ namespace: "email", value: `${each.email}-${run}@shop.test` }] : []),
      // What an alias makes of a device that signed out between its events is known only after the store was read.
      ...each.devices
        .filter((device) => each.type !== "signOut" || !device.endsWith("a3"))
        .map((device) => {
          const [namespace = "", value = ""] = device.split(" ");
          return { namespace, value: `${value}-${run}` };
        }),
    ];
    if (given.length === 0 || times.has(each.at)) return [];
    times.add(each.at);
    const at = start + each.at * minute;
    return [
      {
        ...anEvent({ at, type: each.type, messageId: `m${index}-${run}`, verified: each.trusted }),
        sourceKind: each.trusted ? "server" : "native",
        identifiers: given.sort((a, b) => namespaceOf(a.namespace).priority - namespaceOf(b.namespace).priority),
        properties: {
          previousId: `${each.previous}-${run}`,
          traits: {
            ...(each.club ? { club_number: `${each.club}-${run}` } : {}),
            ...(each.oldShop ? { oldShopId: `${each.oldShop}-${run}` } : {}),
          },
        },
      },
    ];
  });
}

const byTime = (a: CanonicalEvent, b: CanonicalEvent) => a.timestamp - b.timestamp;

/** The truth: everything in order on an empty graph. */
function inOrder(events: readonly CanonicalEvent[]): IdentityGraph {
  const graph = createIdentityGraph([], [], new Set(), (state) => state);
  for (const event of [...events].sort(byTime)) resolveIdentity(graph, toMessage(event, rules)!, rules);
  return graph;
}

/** The store in memory: what a batch leaves behind is what the next one loads. */
function createWorld() {
  let links: Link[] = [];
  const profiles = new Map<string, WorkingProfile>();
  const evidence: StoredEvidence[] = [];
  const rebuilds = new Set<string>();
  const redirects = new Map<string, { survivorId: string; moved: readonly string[] }>();

  const load = async (wanted: ReadonlyMap<string, Identifier>) => {
    const own = new Set(links.filter((link) => wanted.has(identifierKey(link))).map((link) => link.profileId));
    return createIdentityGraph(
      [...profiles.values()]
        .filter(({ profileId }) => own.has(profileId))
        .map((profile) => ({ ...profile, links: [] })),
      links.filter((link) => wanted.has(identifierKey(link)) || own.has(link.profileId)).map((link) => ({ ...link })),
      new Set(wanted.keys()),
    );
  };
  const commit = (graph: IdentityGraph): void => {
    const kept = [...graph.changedLinks].map((link) => `${identifierKey(link)} ${link.validFrom}`);
    links = [
      ...links.filter((link) => !kept.includes(`${identifierKey(link)} ${link.validFrom}`)),
      ...graph.changedLinks,
    ];
    for (const profileId of graph.changedProfiles) {
      const profile = graph.profiles.get(profileId);
      if (profile) profiles.set(profileId, { ...profile, version: profile.version + 1 });
    }
    for (const profileId of graph.rebuilds.keys()) rebuilds.add(profileId);
    for (const [loser] of graph.merged) {
      profiles.delete(loser);
      if (rebuilds.delete(loser)) rebuilds.add(finalSurvivor(graph, loser));
      for (const redirect of redirects.values())
        if (redirect.survivorId === loser) redirect.survivorId = finalSurvivor(graph, loser);
      redirects.set(loser, { survivorId: finalSurvivor(graph, loser), moved: graph.moved.get(loser) ?? [] });
    }
    for (const profileId of graph.revived) redirects.delete(profileId);
    for (const row of graph.evidence) evidence.push({ ...row, evidenceId: evidence.length });
    const open = links.filter((link) => link.validTo === null).map(identifierKey);
    expect(new Set(open).size).toBe(open.length);
    for (const { profileId } of links)
      expect(profiles.has(profileId) || [nobody, quarantined].includes(profileId)).toBe(true);
  };
  return {
    take: async (events: readonly CanonicalEvent[]): Promise<void> => {
      const messages = [...events].sort(byTime).map((event) => toMessage(event, rules)!);
      const { graph, settled } = await loadBatch(messages, {
        identity: {
          evidenceOf: async (keys) => evidence.filter((row) => row.keys.some((key) => keys.includes(key))),
          redirectsTo: async (ids) =>
            [...redirects].flatMap(([profileId, redirect]) =>
              ids.includes(redirect.survivorId) ? [{ profileId, ...redirect }] : [],
            ),
        },
        load,
        rules,
        now: start,
      });
      for (const message of messages) {
        if (isEvidence(message)) graph.evidence.push({ at: message.at, ...evidenceOf(message), isCheckpoint: false });
        const owner = settled.has(message)
          ? ownerOfMessage(graph, message, rules)
          : resolveIdentity(graph, message, rules);
        if (!owner) continue;
        graph.changedProfiles.add(owner.profileId);
        owner.state = foldEvent(owner.state, anEvent({ type: message.messageId, at: message.at }), fold);
      }
      commit(graph);
    },
    rebuilds: rebuilds as ReadonlySet<string>,
    graph: () =>
      createIdentityGraph(
        [...profiles.values()].map((profile) => ({ ...profile, links: [] })),
        links,
        new Set(),
      ),
  };
}

/** Which messages belong together, in the order of the stream; -1 = nobody's. */
function ownership(graph: IdentityGraph, events: readonly CanonicalEvent[]): readonly number[] {
  const labels = new Map<string, number>();
  return [...events].sort(byTime).map((event) => {
    const owner = ownerOfMessage(graph, toMessage(event, rules)!, rules)?.profileId;
    if (owner === undefined) return -1;
    const label = labels.get(owner) ?? labels.size;
    labels.set(owner, label);
    return label;
  });
}

/** Who holds each identifier at each moment of the stream. */
function holdings(graph: IdentityGraph, events: readonly CanonicalEvent[]): Record<string, readonly number[]> {
  const labels = new Map<string, number>();
  const sorted = [...events].sort(byTime);
  // A profile without events goes when it is computed anew (rebuild-profiles.ts).
  const real = new Set(sorted.map((event) => ownerOfMessage(graph, toMessage(event, rules)!, rules)?.profileId));
  const keys = new Map(
    sorted.flatMap((event) => rules.identifiersOf(event).map((each) => [identifierKey(each), each] as const)),
  );
  const result: Record<string, readonly number[]> = {};
  for (const [key, identifier] of [...keys].sort(([a], [b]) => (a < b ? -1 : 1)))
    result[key.split("-")[0]!] = sorted.map(({ timestamp }) => {
      const owner = linkAt(graph, identifier, timestamp)?.profileId;
      if (owner === undefined || !real.has(owner)) return -1;
      const label = labels.get(owner) ?? labels.size;
      labels.set(owner, label);
      return label;
    });
  return result;
}

type Chance = { readonly ranks: readonly number[]; readonly batchSize: number };
const chance: fc.Arbitrary<Chance> = fc.record({
  ranks: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 40, maxLength: 40 }),
  batchSize: fc.integer({ min: 1, max: 8 }),
});

async function compare(stream: readonly Drawn[], { ranks, batchSize }: Chance): Promise<void> {
  const events = toEvents(stream, newId().slice(-8));
  const shuffled = events
    .map((event, index) => ({ event, rank: ranks[index] ?? 0 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ event }) => event);
  const world = createWorld();
  for (let at = 0; at < shuffled.length; at += batchSize) await world.take(shuffled.slice(at, at + batchSize));
  const graph = world.graph();
  const truth = inOrder(events);
  expect(ownership(graph, events)).toEqual(ownership(truth, events));
  // What nobody asked to compute anew is right: it counted exactly its own events.
  for (const { profileId, state } of graph.profiles.values()) {
    if (world.rebuilds.has(profileId)) continue;
    const own = events.filter(
      (event) => ownerOfMessage(graph, toMessage(event, rules)!, rules)?.profileId === profileId,
    );
    expect(Object.keys(state.counters).sort()).toEqual(own.map(({ messageId }) => messageId).sort());
  }
  expect(holdings(graph, events)).toEqual(holdings(truth, events));
}

const numRuns = Number(process.env["RUNS"] ?? 200);
const seed = process.env["SEED"] === undefined ? {} : { seed: Number(process.env["SEED"]) };

it("gives the graph of the run in order, whatever order and batches the messages come in", async () => {
  const stream = fc.array(drawn, { minLength: 2, maxLength: 30 });
  await fc.assert(fc.asyncProperty(stream, chance, compare), { numRuns, ...seed });
}, 120_000);

it("does so with a device that everybody uses and a person who forgets every device", async () => {
  const crowd = fc.record({
    at: fc.integer({ min: 1, max: 3_000 }),
    type: fc.constantFrom("pageView", "pageView", "pageView", "signOut"),
    user: fc.option(fc.constantFrom(..."abcdefghijklmnop".split("").map((letter) => `u${letter}`)), {
      nil: undefined,
      freq: 6,
    }),
    email: fc.option(fc.constant("shared"), { nil: undefined, freq: 2 }),
    devices: fc.uniqueArray(fc.constantFrom("anonymous_id kiosk", "ecid kiosk"), { maxLength: 1 }),
    trusted: fc.constant(true),
    previous: fc.constant("nobody"),
  });
  const forgetful = fc.record({
    at: fc.integer({ min: 1, max: 20_000 }),
    // When a device was seen after a late sign-out is known only after the store was read: limits that slide may then count it wrongly.
    type: fc.constant("pageView"),
    user: fc.option(fc.constantFrom("ua", "ub"), { nil: undefined, freq: 2 }),
    email: fc.constant(undefined),
    devices: fc.uniqueArray(fc.constantFrom(...Array.from({ length: 10 }, (_, index) => `anonymous_id d${index}`)), {
      minLength: 1,
      maxLength: 2,
    }),
    trusted: fc.boolean(),
    previous: fc.constant("nobody"),
  });
  const stream = fc.oneof(
    fc.array(crowd, { minLength: 15, maxLength: 40 }),
    fc.array(forgetful, { minLength: 10, maxLength: 40 }),
  );
  await fc.assert(fc.asyncProperty(stream, chance, compare), { numRuns, ...seed });
}, 120_000);

it("takes a late message as if it had come in order where too much hangs on it, and says so", async () => {
  const known = anEvent({ at: start + 10, anonymousId: "hub", customerId: "u1" });
  const late = anEvent({ at: start + 5, anonymousId: "hub", customerId: "u2" });
  const graph = createIdentityGraph([], [], new Set(["anonymous_id\u0001hub"]), (state) => state);
  resolveIdentity(graph, toMessage(known, rules)!, rules);
  const row = { at: start, keys: ["anonymous_id\u0001hub"], body: toMessage(known, rules)!, isCheckpoint: false };
  const loaded = await loadBatch([toMessage(late, rules)!], {
    identity: {
      evidenceOf: async () => Array.from({ length: 10_001 }, (_, evidenceId) => ({ ...row, evidenceId })),
      redirectsTo: async () => [],
    },
    load: async () => graph,
    rules,
    now: start,
  });
  expect(loaded.settled.size).toBe(0);
  expect(graph.log.at(-1)).toMatchObject({ action: "refuse", rule: "component_too_large" });
});
