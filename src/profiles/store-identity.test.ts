import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger, newId, systemClock } from "../kernel/index.ts";
import { anEvent } from "../testing/builders.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createProfiles, type Profiles } from "./index.ts";
import { createIdentityStore, type IdentityStore } from "./store-identity.ts";
import { createThinner } from "./thin-evidence.ts";

let engines: TestEngines;
let identity: IdentityStore;
let profiles: Profiles;
beforeAll(async () => {
  engines = await openTestEngines(["profiles"]);
  identity = createIdentityStore(engines.postgres);
  profiles = createProfiles({
    postgres: engines.postgres,
    clock: systemClock,
    logger: createLogger("silent"),
    fold: { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency: "USD" },
    reevaluate: () => ({ byProfile: new Map(), write: async () => undefined, derived: [] }),
  });
});
afterAll(() => engines.close());

const start = Date.UTC(2026, 2, 10);
const minute = 60_000;

async function take(...events: Parameters<Profiles["prepare"]>[0]): Promise<void> {
  const prepared = await profiles.prepare(events, newId());
  await engines.postgres.transaction(async (tx) => {
    expect(await prepared.write(tx)).toBe(true);
  });
  prepared.committed();
}
const stored = async (key: string) => (await identity.evidenceOf([key], 1_000)).map(({ at }) => (at - start) / minute);

describe("evidence", () => {
  it("is not kept of events that name one device, and of repeats only sixteen in half an hour", async () => {
    await take(anEvent({ anonymousId: "lone", at: start }));
    expect(await stored("anonymous_id\u0001lone")).toEqual([]);
    const signedIn = (n: number) => anEvent({ anonymousId: "a", customerId: "u", at: start + n * minute });
    for (let n = 0; n < 25; n += 5) await take(...[0, 1, 2, 3, 4].map((part) => signedIn(n + part)));
    expect(await stored("user_id\u0001u")).toHaveLength(16);
    await take(signedIn(60));
    expect((await stored("user_id\u0001u")).at(-1)).toBe(60);
    await take({ ...signedIn(61), type: "signOut" });
    expect((await stored("anonymous_id\u0001a")).at(-1)).toBe(61);
  });

  it("that says the same again and again is thinned to the first and the last, up to whatever says something else", async () => {
    const [user, device] = ["user_id\u0001t", "anonymous_id\u0001t"];
    const tie = (n: number, customerId = "t") => anEvent({ anonymousId: "t", customerId, at: start + n * minute });
    for (const n of [0, 100, 200, 300]) await take(tie(n));
    await take(tie(400, "other"));
    for (const n of [500, 600, 700]) await take(tie(n));
    await take({ ...tie(800), type: "signOut" });
    for (const n of [900, 1_000, 1_100, 1_200]) await take(tie(n));
    expect(await identity.compactEvidence(start + 50 * minute, start + 150 * minute)).toBe(0);
    expect(await identity.compactEvidence(start, start + 1_440 * minute)).toBeGreaterThan(0);
    expect(await stored(device)).toEqual([0, 300, 400, 500, 700, 800, 900, 1_200]);
    expect(await stored(user)).toEqual([0, 300, 500, 700, 800, 900, 1_200]);
  });

  it("and everything else that names a person is forgotten with them", async () => {
    const [owner] = (await profiles.by("user_id", "u")).identifiers;
    expect(owner).toBeDefined();
    const { profileId } = await profiles.by("user_id", "u");
    await identity.askRebuilds(new Map([[profileId, "test"]]), start);
    await engines.postgres.transaction((tx) =>
      profiles.eraseIdentity(
        tx,
        [
          { namespace: "user_id", value: "u" },
          { namespace: "anonymous_id", value: "a" },
        ],
        [profileId],
      ),
    );
    expect(await stored("user_id\u0001u")).toEqual([]);
    expect(await identity.waitingRebuilds()).toBe(0);
  });
});

describe("thinning", () => {
  it("counts only what was stored", () => {
    const thinner = createThinner();
    for (let n = 0; n < 100; n += 1) expect(thinner.begin().keeps(["a", "b"], start)).toBe(true);
    const batch = thinner.begin();
    const kept = Array.from({ length: 40 }, (_, n) => batch.keeps(["a", "b"], start + n)).filter(Boolean);
    expect(kept).toHaveLength(16);
    batch.commit();
    expect(thinner.begin().keeps(["a", "b"], start + 50)).toBe(false);
    expect(thinner.begin().keeps(["a", "c"], start + 50)).toBe(true);
    expect(thinner.begin().keeps(["a", "b"], start + 31 * minute)).toBe(true);
  });
});

describe("a rebuild", () => {
  it("that somebody asked for again meanwhile stays asked for", async () => {
    const id = newId();
    await identity.askRebuilds(new Map([[id, "one"]]), start);
    const [row] = await identity.dueRebuilds(start, 10);
    await identity.askRebuilds(new Map([[id, "two"]]), start + 1);
    await identity.finishRebuild(id, row?.requestedAt ?? 0);
    expect(await identity.waitingRebuilds()).toBe(1);
    await identity.finishRebuild(id, start + 1);
    expect(await identity.waitingRebuilds()).toBe(0);
  });

  it("that is postponed waits", async () => {
    const id = newId();
    await identity.askRebuilds(new Map([[id, "one"]]), start);
    await identity.postponeRebuild(id, start + minute);
    expect(await identity.dueRebuilds(start, 10)).toEqual([]);
    expect(await identity.dueRebuilds(start + minute, 10)).toMatchObject([{ profileId: id, attempts: 1 }]);
  });
});
