import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFixedClock, createLogger } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import type { RotationState } from "./rotate.ts";
import { createRotationMemory } from "./rotation-memory.ts";
import { createRotationStore, type RotationStore } from "./store.ts";

let engines: TestEngines;
let store: RotationStore;
const clock = createFixedClock(1_800_000_000_000);
const logger = createLogger("silent");
const ada = { id: "anonymous_id:ada", isKnown: true };
const seen = (count: number): RotationState => ({ count, last: count, place: 0, shown: [1, 0xffffffff] });

beforeAll(async () => {
  engines = await openTestEngines(["content"]);
  store = createRotationStore(engines.postgres);
}, 60_000);
afterAll(() => engines?.close());
beforeEach(async () => {
  await engines.postgres.query("delete from rotation_states");
});

const memoryOf = (given: RotationStore = store, limit?: number) =>
  createRotationMemory({ clock, logger, store: given, ...(limit === undefined ? {} : { limit }) });

describe("what a visitor saw of a rotation", () => {
  it("is there again after a restart, of known visitors only", async () => {
    const before = memoryOf();
    before.keep("r", ada, seen(3));
    before.keep("r", { id: "anonymous_id:made-up", isKnown: false }, seen(5));
    await before.flush();
    const after = memoryOf();
    expect(after.find("r", ada.id)).toBeUndefined();
    await after.load(ada, ["r", "other"]);
    await after.load({ id: "anonymous_id:made-up", isKnown: true }, ["r"]);
    expect(after.find("r", ada.id)).toEqual(seen(3));
    expect(after.find("other", ada.id)).toBeUndefined();
    expect(after.find("r", "anonymous_id:made-up")).toBeUndefined();
  });

  it("is what the process says that showed most, whoever writes last", async () => {
    const [one, other] = [memoryOf(), memoryOf()];
    one.keep("r", ada, seen(4));
    other.keep("r", ada, seen(2));
    await one.flush();
    await other.flush();
    const third = memoryOf();
    await third.load(ada, ["r"]);
    expect(third.find("r", ada.id)).toEqual(seen(4));
  });

  it("comes from other processes two seconds later at most, where there are any", async () => {
    const shared = { ...store, isShared: true };
    const [one, other] = [memoryOf(shared), memoryOf(shared)];
    await other.load(ada, ["r"]);
    one.keep("r", ada, seen(1));
    await one.flush();
    clock.advance(2_000);
    await other.load(ada, ["r"]);
    expect(other.find("r", ada.id)).toEqual(seen(1));
  });

  it("is read once a visitor, also of one who saw nothing, and not again when it is kept", async () => {
    let reads = 0;
    const counted = memoryOf({
      ...store,
      read: (...asked) => {
        reads += 1;
        return store.read(...asked);
      },
    });
    await counted.load(ada, ["r"]);
    await counted.load(ada, ["r"]);
    counted.keep("r", ada, seen(1));
    await counted.load(ada, ["r"]);
    expect(reads).toBe(1);
  });

  it("waits for its write where the database fails, and costs no page", async () => {
    let isDown = true;
    const fails = () => Promise.reject(new Error("down"));
    const memory = memoryOf({
      ...store,
      read: (...asked) => (isDown ? fails() : store.read(...asked)),
      write: (...asked) => (isDown ? fails() : store.write(...asked)),
    });
    await memory.load(ada, ["r"]);
    memory.keep("r", ada, seen(2));
    await expect(memory.flush()).rejects.toThrow("down");
    expect(memory.find("r", ada.id)).toEqual(seen(2));
    isDown = false;
    await memory.flush();
    expect(await store.read(ada.id, ["r"])).toMatchObject([{ state: seen(2) }]);
  });

  it("does not come back by a write that was under way when the visitor was forgotten", async () => {
    const memory: ReturnType<typeof memoryOf> = memoryOf({
      ...store,
      write: async (...asked) => {
        memory.forget([ada.id]);
        await store.write(...asked);
      },
    });
    memory.keep("r", ada, seen(2));
    await memory.flush();
    expect(await store.read(ada.id, ["r"])).toEqual([]);
    expect(memory.find("r", ada.id)).toBeUndefined();
  });

  it("is bounded in memory and in the database: the oldest go", async () => {
    const memory = memoryOf(store, 2);
    for (const name of ["a", "b", "c"]) {
      clock.advance(1_000);
      memory.keep("r", { id: name, isKnown: true }, seen(1));
      await memory.flush();
    }
    expect(["a", "b", "c"].map((name) => memory.find("r", name)?.count)).toEqual([undefined, 1, 1]);
    expect(await store.prune(clock.now() - 10_000, 2)).toBe(1);
    expect(await store.read("a", ["r"])).toEqual([]);
    expect(await store.prune(clock.now() - 10_000, 2)).toBe(0);
    expect(await store.prune(clock.now(), 2)).toBe(1);
    expect(await store.read("c", ["r"])).toHaveLength(1);
  });
});
