import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createEventStorePrivacy, type EventStorePrivacy } from "./index.ts";

let engines: TestEngines;
let store: EventStorePrivacy;
beforeAll(async () => {
  engines = await openTestEngines(["measurement"]);
  store = createEventStorePrivacy({ clickhouse: engines.clickhouse, cluster: "" });
}, 60_000);
afterAll(() => engines.close());

const old = Date.UTC(2020, 0, 1);
const young = Date.UTC(2021, 0, 1);
const everyType = { pattern: "", matching: true };
const row = (id: string, ts: number, properties: object, eventType = "pageView") => ({
  event_id: id,
  source_id: "s",
  source_kind: "server",
  event_type: eventType,
  original_name: "",
  ts: new Date(ts).toISOString(),
  received_at: new Date(ts).toISOString(),
  identity_key: "user_id:1",
  identifiers: [],
  session_id: "",
  store_view: "",
  skus: [],
  items_qty: [],
  items_total: [],
  category_path: "",
  search_query: "",
  search_id: "",
  cart_id: "",
  order_id: "",
  order_total: 0,
  currency: "",
  page_url: "",
  decision_id: "",
  flags: [],
  verified: 1,
  properties: JSON.stringify(properties),
  context: "{}",
  extra: "{}",
});
/** As JSON.parse reads them, by event id; `-0` is written as `0`. */
const stored = async (prefix: string): Promise<ReadonlyMap<string, unknown>> => {
  const rows = await engines.clickhouse.query<{ event_id: string; properties: string }>(
    `select event_id, properties from events final where startsWith(event_id, '${prefix}')`,
  );
  return new Map(rows.map(({ event_id, properties }) => [event_id, JSON.parse(properties)]));
};
const without = (object: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

// Names that mean something to JSON, SQL, a regular expression or JavaScript.
const removed = ["secret", "o'brien", 'q"uote', "back\\slash", "__proto__", "ä.b", ""];
const name = fc.oneof(fc.constantFrom(...removed), fc.string({ unit: "binary", maxLength: 6 }));
const value = fc.oneof(
  { depthSize: "small" },
  fc.jsonValue({ stringUnit: "binary", maxDepth: 3 }),
  fc.constantFrom(
    1e20,
    -1e20,
    2 ** 64,
    [1e20, 2e20, 3e20],
    0.1,
    5e-324,
    1.7976931348623157e308,
    "\ud800",
    '","secret":"',
  ),
);
const object = fc.dictionary(name, value, { maxKeys: 6 }).map((each) => JSON.parse(JSON.stringify(each)) as object);

it("takes named properties and traits out of old events as deleting them would, and changes nothing else", async () => {
  const samples = fc.sample(fc.tuple(object, object), { numRuns: 150, seed: 7 });
  const given = samples.map(([properties, traits], index) =>
    index % 2 === 0 ? properties : { ...properties, traits },
  );
  await engines.clickhouse.insert("events", [
    ...given.map((properties, index) => row(`old-${index}`, old, properties)),
    ...given.map((properties, index) => row(`young-${index}`, young, properties)),
  ]);
  await store.expiry.forgetProperties({ names: removed, before: young, types: everyType });
  const afterProperties = await stored("old-");
  const expected = given.map((properties) => without(properties as Record<string, unknown>, removed));
  // Half of a surrogate pair is no character: what stands for it may differ, what stands beside it may not.
  const wellFormed = (each: unknown) => JSON.stringify(each).replace(/\\ud[89a-f][0-9a-f]{2}/gi, "\ufffd");
  for (const [index, each] of expected.entries())
    expect(wellFormed(afterProperties.get(`old-${index}`))).toBe(wellFormed(each));

  const keys = await store.expiry.traitKeys(young);
  const gone = keys.filter((key) => removed.includes(key));
  expect(gone.length).toBeGreaterThan(3);
  await store.expiry.forgetTraits(gone, young);
  const afterTraits = await stored("old-");
  for (const [index, each] of expected.entries()) {
    const { traits } = each as { traits?: Record<string, unknown> };
    const left = traits === undefined || Array.isArray(traits) ? each : { ...each, traits: without(traits, gone) };
    expect(wellFormed(afterTraits.get(`old-${index}`))).toBe(wellFormed(left));
  }
  const untouched = await stored("young-");
  for (const [index, each] of given.entries()) expect(untouched.get(`young-${index}`)).toEqual(each);
  // Nothing is left to do.
  expect(await store.expiry.forgetProperties({ names: removed, before: young, types: everyType })).toBe(0);
  expect(await store.expiry.forgetTraits(gone, young)).toBe(0);
});

it("counts what it would change, by age and type", async () => {
  await engines.clickhouse.insert("events", [
    row("agent-1", old, { n: 1, userAgent: "Mozilla" }, "orderPlaced"),
    row("agent-2", young, { userAgent: "Mozilla" }),
    row("agent-3", old, { userAgent: "", text: '"userAgent":"quoted"' }),
  ]);
  expect(await store.expiry.countUserAgents(young)).toBe(1);
  expect(await store.expiry.countUserAgents(young + 1)).toBe(2);
  expect(await store.expiry.countEvents(young, { pattern: "^order", matching: true })).toBe(1);
  expect(await store.expiry.forgetUserAgents(young)).toBe(1);
  expect(await store.expiry.countUserAgents(young)).toBe(0);
  expect((await stored("agent-1")).get("agent-1")).toEqual({ n: 1, userAgent: "" });
  expect((await stored("agent-3")).get("agent-3")).toEqual({ userAgent: "", text: '"userAgent":"quoted"' });
});
