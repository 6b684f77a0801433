// Whatever happens in whatever order, a copy ends as what a recount of everybody would make of it.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../kernel/index.ts";
import {
  createTestPersons,
  type SyncsApp,
  startSyncsApp,
  syncCapabilities,
  type TestPerson,
} from "../../testing/connectors/syncs-app.ts";
import { startTargetServer, type TargetServer } from "../../testing/connectors/target-server.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";

let engines: TestEngines;
let target: TargetServer;
let number = 0;
beforeAll(async () => {
  engines = await openTestEngines(syncCapabilities, { clickhouse: "embedded" });
  target = await startTargetServer();
}, 60_000);
afterAll(async () => {
  await target.close();
  await engines.close();
});

const names = ["a", "b", "c", "d"] as const;
const step = fc.oneof(
  fc.record({ do: fc.constant("enter" as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant("leave" as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant("refuse" as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant("agree" as const), who: fc.nat(5) }),
  fc.record({ do: fc.constant("own" as const), who: fc.nat(5), name: fc.constantFrom(...names) }),
  fc.record({ do: fc.constant("erase" as const), who: fc.nat(5) }),
  fc.record({
    do: fc.constantFrom("break", "mend", "pause", "resume", "resync", "restart", "rest" as const),
    who: fc.constant(0),
  }),
);
type Step = { readonly do: string; readonly who: number; readonly name?: (typeof names)[number] };

async function play(steps: readonly Step[]): Promise<{ readonly held: string[]; readonly wanted: string[] }> {
  const key = `random-${++number}`;
  const all = createTestPersons();
  const ids = all.add(Array.from({ length: 6 }, (_, index) => `p${index}`)).map(String);
  let app: SyncsApp = await startSyncsApp(engines, systemClock, all);
  await app.syncs.start();
  target.answerWith(() => ({ status: 200 }));
  const config = {
    type: "webhook",
    url: `${target.url}/${key}`,
    audience: "vip",
    identifiers: [{ namespace: "email" }],
  };
  await app.call("POST", "/v1/audience-syncs", { key, name: key, config, secrets: { signingSecret: "s" } });

  const change = async (id: string | undefined, more: (person: TestPerson) => Partial<TestPerson>) => {
    const person = all.persons.get(String(id));
    if (!person) return;
    all.persons.set(person.profileId, { ...person, ...more(person) });
    await app.change([person.profileId]);
  };
  for (const { do: what, who, name } of steps) {
    const id = ids[who];
    if (what === "enter") await change(id, () => ({ isMember: true }));
    if (what === "leave") await change(id, () => ({ isMember: false }));
    if (what === "refuse") await change(id, () => ({ consents: { marketing: "denied" } }));
    if (what === "agree") await change(id, () => ({ consents: { marketing: "granted" } }));
    if (what === "own") {
      const identifier = { namespace: "email", value: `${name}@example.com` };
      const isIt = ({ value }: { value: string }) => value === identifier.value;
      // An address belongs to one at a time.
      for (const other of [...all.persons.keys()])
        if (other !== id && all.of([other])[0]?.identifiers.some(isIt))
          await change(other, ({ identifiers }) => ({ identifiers: identifiers.filter((each) => !isIt(each)) }));
      await change(id, ({ identifiers }) => ({
        identifiers: [...identifiers.filter((each) => !isIt(each)), identifier],
      }));
    }
    if (what === "erase" && id !== undefined && all.persons.delete(id))
      await engines.postgres.transaction(async (tx) => void (await app.syncs.erase(tx, [id])));
    // What was taken before the answer failed is there all the same.
    if (what === "break") target.answerWith(() => ({ status: 503 }));
    if (what === "mend") target.answerWith(() => ({ status: 200 }));
    if (what === "pause" || what === "resume" || what === "resync")
      await app.call("POST", `/v1/audience-syncs/${key}/${what}`);
    if (what === "restart") {
      await app.close();
      app = await startSyncsApp(engines, systemClock, all);
      await app.syncs.start();
    }
    if (what === "rest") await new Promise((resolve) => setImmediate(resolve));
  }
  target.answerWith(() => ({ status: 200 }));
  await app.call("POST", `/v1/audience-syncs/${key}/resume`);
  await waitFor("everything is told", async () => {
    const { state } = (await app.call("GET", `/v1/audience-syncs/${key}`)).body;
    const { waiting, gone } = (await app.call("GET", `/v1/audience-syncs/${key}/counts`)).body;
    return state.sweep === null && state.failures === 0 && waiting === 0 && gone === 0;
  });
  await app.call("DELETE", `/v1/audience-syncs/${key}`);
  await app.close();
  const held = new Set<string>();
  for (const { path, body } of target.seen) {
    if (path !== `/${key}`) continue;
    const { entered = [], exited = [] } = JSON.parse(body.toString()) as Record<string, { identifier: string }[]>;
    for (const { identifier } of exited) held.delete(identifier);
    for (const { identifier } of entered) held.add(identifier);
  }
  const wanted = all
    .members()
    .filter(({ consents }) => consents["marketing"] === "granted")
    .flatMap(({ identifiers }) =>
      identifiers.flatMap(({ namespace, value }) => (namespace === "email" ? [value] : [])),
    );
  return { held: [...held].sort(), wanted: wanted.sort() };
}

it("ends as a recount of everybody would have it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 25 }), async (steps) => {
      const { held, wanted } = await play(steps as readonly Step[]);
      expect(held).toEqual(wanted);
    }),
    { numRuns: 4, endOnFailure: true },
  );
}, 60_000);
