import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../kernel/index.ts";
import {
  compileRule,
  type EventLeafSpec,
  type RuleEnvironment,
  type RuleNode,
  type RuleObject,
} from "../kernel/rules/index.ts";
import { createMeasurement, type Measurement } from "../measurement/index.ts";
import type { Owner } from "../profiles/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { eventLeaves, randomCatalog } from "../testing/rules/arbitrary-rule.ts";
import { type DrawnEvent, drawnEvent, products } from "../testing/rules/arbitrary-subject.ts";
import { noon } from "../testing/rules/subjects.ts";
import { type CountLeavesOptions, countLeaves, type PastEvents } from "./count-leaves.ts";
import { eventListsOf } from "./sql/index.ts";

let engines: TestEngines;
let measurement: Measurement;
beforeAll(async () => {
  engines = await openTestEngines(["measurement"]);
  const logger = createLogger("silent");
  measurement = createMeasurement({ clickhouse: engines.clickhouse, logger, parentOf: () => undefined });
}, 60_000);
afterAll(async () => {
  await measurement.close();
  await engines.close();
});

const environment: RuleEnvironment = { catalog: randomCatalog };
const [first, second] = ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"] as const;
const nobody = "00000000-0000-0000-0000-000000000000";
const handedOverAt = noon - 3_600_000;
const keys = ["user_id:a", "user_id:b", "anonymous_id:device", "anonymous_id:free", "anonymous_id:none"] as const;
const links = [
  { key: "user_id:a", owner: first, from: 0, to: null },
  { key: "user_id:b", owner: second, from: 0, to: null },
  { key: "anonymous_id:device", owner: first, from: 0, to: handedOverAt },
  { key: "anonymous_id:device", owner: second, from: handedOverAt, to: null },
  { key: "anonymous_id:none", owner: nobody, from: 0, to: null },
] as const;

type Sent = DrawnEvent & { readonly key: string; readonly isRepeated: boolean };
const sent: fc.Arbitrary<readonly Sent[]> = fc.array(
  fc
    .tuple(drawnEvent, fc.constantFrom(...keys), fc.boolean())
    .map(([drawn, key, isRepeated]) => ({ ...drawn, key, isRepeated })),
  { minLength: 10, maxLength: 80 },
);

async function store(events: readonly Sent[]): Promise<void> {
  await engines.clickhouse.command("truncate table events");
  await engines.clickhouse.command("truncate table identity_links");
  const rows = events.map(({ event, arrivedAt, key }, at) => ({
    event_id: `${event.messageId}.${at}`,
    source_id: event["source"],
    source_kind: "native",
    event_type: event.type,
    store_view: event["storeView"],
    ts: event.timestamp,
    received_at: arrivedAt,
    identity_key: key,
    properties: event["properties"],
    context: event["context"],
  }));
  await engines.clickhouse.insert("events", rows);
  await engines.clickhouse.insert(
    "events",
    rows.filter((_, at) => events[at]?.isRepeated),
  );
  await engines.clickhouse.insert(
    "identity_links",
    links.map(({ key, owner, from, to }) => ({
      ...{ identity_key: key, valid_from: from, valid_to: to, profile_id: owner, version: 1 },
    })),
  );
}

const ownersOf = (profileId: string): Owner => ({
  profileId,
  identifiers: links
    .filter(({ owner }) => owner === profileId)
    .map(({ key, from, to }) => {
      const [namespace = "", value = ""] = key.split(":");
      return { namespace, value, validFrom: from, validTo: to, verified: true };
    }),
});

/** As plain data, so that a difference can be read. */
async function counted(
  listsOf: NonNullable<PastEvents["listsOf"]>,
  options: Omit<CountLeavesOptions, "past">,
): Promise<Readonly<Record<string, unknown>>> {
  const rows = await countLeaves({ ...options, past: { ...measurement.past, listsOf } });
  return Object.fromEntries([...(rows ?? [])].map(([id, own]) => [id, Object.fromEntries([...own].toSorted())]));
}

/** A drawn leaf, and it without what it counts: then only the condition is left. */
const drawnLeaf = fc.tuple(eventLeaves, fc.boolean()).map(([rule, isBare]) => {
  const { event } = rule as { readonly event?: { readonly name: unknown; readonly where?: unknown } };
  if (!event || !isBare) return rule;
  const { name, where } = event;
  return { event: where === undefined ? { name } : { name, where } };
});

const leavesOf = (rules: readonly unknown[]): readonly EventLeafSpec[] => {
  // Made by the generator of valid rules.
  const all = rules.flatMap((rule) => compileRule(rule as RuleNode, environment).eventLeaves);
  return [...new Map(all.map((leaf) => [leaf.hash, leaf])).values()];
};

describe("counting the past events of leaves", () => {
  it("gives the same rows whether the event store or memory judges the conditions", async () => {
    let conditions = 0;
    const cutoffs = fc.constantFrom(noon + 30 * 86_400_000, noon, noon - 1_800_000);
    await fc.assert(
      fc.asyncProperty(
        ...[sent, fc.array(drawnLeaf, { minLength: 24, maxLength: 24, size: "max" })],
        ...[products, cutoffs, fc.boolean()],
        async (events, rules, facts, cutoff, isOfOne) => {
          await store(events);
          const leaves = leavesOf(rules);
          const productOf = (sku: string): RuleObject | undefined => facts.get(sku);
          const options = { leaves, cutoff, productOf, ...(isOfOne ? { of: [ownersOf(second)] } : {}) };
          const inStore = await counted((wanted) => eventListsOf(wanted, environment), options);
          expect(inStore).toEqual(await counted(() => [], options));
          const listed = eventListsOf(leaves, environment).flatMap((each) => each.leaves);
          conditions += listed.filter(({ definition }) => definition.where !== null).length;
        },
      ),
      { numRuns: 12 },
    );
    expect(conditions).toBeGreaterThan(10);
  }, 120_000);

  it("keeps the newest thousand times of a machine with more events than a call takes arguments", async () => {
    await store([]);
    await engines.clickhouse.command(
      `insert into events (event_id, source_id, event_type, ts, received_at, identity_key, properties, context, extra)
       select toString(number), 'shop', 'pageView', fromUnixTimestamp64Milli(${noon} - number, 'UTC') as at, at, if(number % 2 = 0, 'user_id:b', 'anonymous_id:device'), '{}', '{}', '{}'
       from numbers(300000)`,
    );
    const leaves = leavesOf([{ event: { name: "pageView" } }]);
    const rows = await countLeaves({
      past: { ...measurement.past, listsOf: (wanted) => eventListsOf(wanted, environment) },
      ...{ leaves, cutoff: noon, productOf: () => undefined },
    });
    const times = rows?.get(second)?.get(leaves[0]?.hash ?? "");
    expect(times).toEqual(Array.from({ length: 1_000 }, (_, at) => noon - 999 + at));
  });
});
