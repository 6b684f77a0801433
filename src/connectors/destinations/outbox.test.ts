import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anEvent } from "../../testing/builders.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { toChunks, wantedNames } from "./outbox-writer.ts";
import { createDestinationStore, type DestinationStore } from "./store.ts";

let engines: TestEngines;
let store: DestinationStore;
beforeAll(async () => {
  engines = await openTestEngines(["connectors"], { postgres: "server" });
  store = createDestinationStore(engines.postgres);
});
afterAll(() => engines.close());

const chunk = (name: string) => toChunks([{ profileId: "p", event: anEvent({ messageId: name }) }]);
const namesFrom = async (position: number) =>
  (await store.outbox.read(position, 1e6)).flatMap(({ items }) => items.map((item) => item?.event.messageId));

describe("the outbox of several processes", () => {
  it("passes over nothing, though a row that was begun earlier becomes visible later", async () => {
    let commitSlow: () => void = () => undefined;
    let hasWritten: () => void = () => undefined;
    const written = new Promise<void>((resolve) => {
      hasWritten = resolve;
    });
    const slow = engines.postgres.transaction(async (tx) => {
      await store.outbox.append(tx, 1, chunk("slow"));
      hasWritten();
      await new Promise<void>((resolve) => {
        commitSlow = resolve;
      });
    });
    await written;
    await engines.postgres.transaction((tx) => store.outbox.append(tx, 2, chunk("fast")));
    expect(await store.outbox.sequence(100)).toBe(1);
    expect(await namesFrom(0)).toEqual(["fast"]);
    const next = (await store.outbox.head()) + 1;
    commitSlow();
    await slow;
    // Several sequencers at once give each row one place.
    const given = await Promise.all([store.outbox.sequence(100), store.outbox.sequence(100)]);
    expect(given.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await namesFrom(next)).toEqual(["slow"]);
    expect(await namesFrom(0)).toEqual(["fast", "slow"]);
  });
});

describe("what is copied", () => {
  const config = (events: object) => ({ status: "active", config: { events } }) as never;

  it("is what some active destination may want by its name", () => {
    const wants = wantedNames([config({ names: ["a", "b"], except: ["b"] }), config({ names: ["c"] })]);
    expect(["a", "b", "c", "d"].map(wants)).toEqual([true, false, true, false]);
    expect(wantedNames([config({})])("anything")).toBe(true);
    expect(wantedNames([])("anything")).toBe(false);
  });

  it("comes in pieces of bounded size, in order", () => {
    const items = Array.from({ length: 60 }, (_, index) => ({
      event: anEvent({ messageId: `m-${index}`, properties: { text: "x".repeat(50_000) } }),
    }));
    const chunks = toChunks(items);
    expect(chunks.length).toBeGreaterThan(2);
    for (const { payload } of chunks) expect(payload.length).toBeLessThan(1.1 * 1024 ** 2);
    const names = chunks.flatMap(({ payload }) =>
      JSON.parse(payload).map((item: (typeof items)[number]) => item.event.messageId),
    );
    expect(names).toEqual(items.map(({ event }) => event.messageId));
  });
});
