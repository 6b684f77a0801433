// Two processes on one database, each with its own memory: whoever comes second must notice, and repeat.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import { createLogger, newId, systemClock } from "../kernel/index.ts";
import { anEvent } from "../testing/builders.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createProfiles, type Profiles } from "./index.ts";

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["profiles"]);
});
afterAll(() => engines.close());

function createWriter(): Profiles {
  return createProfiles({
    postgres: engines.postgres,
    clock: systemClock,
    logger: createLogger("silent"),
    fold: { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency: "USD" },
    reevaluate: () => ({ byProfile: new Map(), write: async () => undefined, derived: [] }),
  });
}

const prepare = (writer: Profiles, ...events: CanonicalEvent[]) => writer.prepare(events, newId());

/** Writes in a transaction, as the processor does. @returns whether it was committed */
async function write(prepared: Awaited<ReturnType<typeof prepare>>): Promise<boolean> {
  const lost = new Error("lost");
  try {
    await engines.postgres.transaction(async (tx) => {
      if (!(await prepared.write(tx))) throw lost;
    });
  } catch (error) {
    prepared.abandoned();
    if (error !== lost) throw error;
    return false;
  }
  prepared.committed();
  return true;
}

const viewsOf = async (anonymousId: string) =>
  (await createWriter().by("anonymous_id", anonymousId)).state.counters["pageView"];

it("gives a visitor whom two processes see first at the same time one profile with both events", async () => {
  const [a, b] = [createWriter(), createWriter()];
  const [first, second] = [anEvent({ anonymousId: "new" }), anEvent({ anonymousId: "new" })];
  const [fromA, fromB] = [await prepare(a, first), await prepare(b, second)];
  expect([await write(fromA), await write(fromB)]).toEqual([true, false]);
  expect(await write(await prepare(b, second))).toBe(true);
  expect(await viewsOf("new")).toBe(2);
});

it("brings no profile back to life that the other process merged away", async () => {
  const [a, b] = [createWriter(), createWriter()];
  expect(await write(await prepare(a, anEvent({ customerId: "ann" }), anEvent({ anonymousId: "phone" })))).toBe(true);
  const late = anEvent({ anonymousId: "phone" });
  const fromB = await prepare(b, late);
  expect(await write(await prepare(a, anEvent({ anonymousId: "phone", customerId: "ann" })))).toBe(true);
  expect(await write(fromB)).toBe(false);
  expect(await write(await prepare(b, late))).toBe(true);
  expect(await viewsOf("phone")).toBe(4);
});

it("puts a late message into its place again when the other process wrote to the same persons meanwhile", async () => {
  const [a, b] = [createWriter(), createWriter()];
  const at = (n: number) => 1_760_000_000_000 + n * 60_000;
  const signIn = (n: number, customerId: string) =>
    anEvent({ type: "signIn", anonymousId: "shared", customerId, at: at(n) });
  expect(await write(await prepare(a, signIn(40, "cleo")))).toBe(true);
  const late = signIn(20, "ben");
  const fromB = await prepare(b, late);
  // Later than what B puts in, and before what is known: B has not seen it.
  expect(await write(await prepare(a, signIn(30, "amy")))).toBe(true);
  expect(await write(fromB)).toBe(false);
  expect(await write(await prepare(b, late))).toBe(true);
  const owners = await Promise.all(["ben", "amy", "cleo"].map((name) => createWriter().by("user_id", name)));
  const minutes = owners.map(({ identifiers }) =>
    identifiers
      .filter(({ namespace }) => namespace === "anonymous_id")
      .map(({ validFrom, validTo }) => [validFrom, validTo].map((time) => (time ? (time - at(0)) / 60_000 : time))),
  );
  expect(minutes).toEqual([[[0, 30]], [[30, 40]], [[40, null]]]);
});
