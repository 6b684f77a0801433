import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createLogger, systemClock } from "../kernel/index.ts";
import { createMeasurement } from "../measurement/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { type AcceptRequest, type Collect, createCollect, type EventSink, type PrepareBatch } from "./index.ts";

let engines: TestEngines;
let collect: Collect | undefined;
beforeAll(async () => {
  engines = await openTestEngines(["collect", "measurement"]);
});
afterEach(() => collect?.stop());
afterAll(() => engines.close());

const logger = createLogger("silent");

/** Applies nothing; `refuse` says which events cannot be worked out. */
const preparing =
  (refuse: (type: string) => boolean, seen: string[] = []): PrepareBatch =>
  async (events) => {
    for (const { type } of events) if (refuse(type)) throw new Error(`cannot work out ${type}`);
    const own = events.map(({ messageId }) => messageId);
    return {
      write: async () => true,
      committed: () => seen.push(...own),
      abandoned: () => undefined,
      derived: [],
      links: [],
    };
  };

function createPipeline(
  options: { prepare?: PrepareBatch; around?: (inner: EventSink["append"]) => EventSink["append"] } = {},
): Collect {
  const measurement = createMeasurement({ clickhouse: engines.clickhouse, logger, parentOf: () => undefined });
  collect = createCollect({
    postgres: engines.postgres,
    clock: systemClock,
    logger,
    maxEventAgeMs: 0,
    defaultStoreView: "default",
    maxBacklogBytes: 1e9,
    prepare: options.prepare ?? preparing(() => false),
    sink: {
      ...measurement.sink,
      append: options.around ? options.around(measurement.sink.append) : measurement.sink.append,
    },
  });
  return collect;
}

const request = (...events: object[]): AcceptRequest => ({
  events,
  sentAt: undefined,
  sourceId: "shop",
  sourceKind: "native",
  trusted: false,
  provenCustomerId: null,
});

const storedIds = async (prefix: string): Promise<readonly string[]> => {
  const rows = await engines.clickhouse.query<{ event_id: string }>(
    "select event_id from events where startsWith(event_id, {prefix:String}) order by event_id",
    { prefix },
  );
  return rows.map((row) => row.event_id);
};

describe("a batch with an event that cannot be worked out", () => {
  it("goes through without it, and the event becomes a dead letter that can be sent again", async () => {
    const seen: string[] = [];
    let broken = true;
    const { accept, start, settle, deadLetters } = createPipeline({
      prepare: preparing((type) => broken && type === "poison", seen),
    });
    await accept(
      request(
        { messageId: "p-1", type: "pageView", anonymousId: "a" },
        { messageId: "p-2", type: "poison", anonymousId: "a", email: "a@example.org", properties: { size: 7 } },
        { messageId: "p-3", type: "pageView", anonymousId: "b" },
      ),
    );
    await start();
    await settle();
    expect(seen.toSorted()).toEqual(["p-1", "p-3"]);
    expect(await storedIds("p-")).toEqual(["p-1", "p-3"]);
    const [letter] = (await deadLetters.list(10)).items;
    expect(letter).toMatchObject({
      code: "http.internal",
      message: "cannot work out poison",
      payload: { messageId: "p-2" },
      replayedAt: null,
    });

    broken = false;
    expect(await deadLetters.replay(letter!.id, { type: "pageView", anonymousId: "a", messageId: "p-4" })).toEqual({
      accepted: 1,
      rejected: [],
    });
    await settle();
    expect(await storedIds("p-")).toEqual(["p-1", "p-3", "p-4"]);
  });

  it("may send the very event again once the fault is mended", async () => {
    let broken = true;
    const { accept, start, settle, deadLetters } = createPipeline({
      prepare: preparing((type) => broken && type === "poison"),
    });
    await accept(request({ messageId: "q-1", type: "poison", anonymousId: "a", customerId: "c" }));
    await start();
    await settle();
    const [letter] = (await deadLetters.list(1)).items;
    broken = false;
    await deadLetters.replay(letter!.id);
    await settle();
    expect(await storedIds("q-")).toEqual(["q-1"]);
  });
});

describe("an export whose answer was lost", () => {
  it("is repeated and stores every event once", async () => {
    let failures = 2;
    const { accept, start, settle } = createPipeline({
      around: (inner) => async (rows, token) => {
        await inner(rows, token);
        failures -= 1;
        if (failures >= 0) throw new Error("the answer was lost");
      },
    });
    const ids = Array.from({ length: 50 }, (_, index) => `x-${String(index).padStart(2, "0")}`);
    await accept(request(...ids.map((messageId) => ({ messageId, type: "pageView", anonymousId: messageId }))));
    await start();
    await settle();
    expect(failures).toBeLessThan(0);
    expect(await storedIds("x-")).toEqual(ids);
  });

  it("is repeated by the next process, which reads the events back", async () => {
    const first = createPipeline({
      around: (inner) => async (rows, token) => {
        await inner(rows, token);
        throw new Error("the process died");
      },
    });
    await first.accept(
      request(
        { messageId: "y-2", type: "pageView", anonymousId: "y", timestamp: 2_000 },
        { messageId: "y-1", type: "pageView", anonymousId: "y", timestamp: 1_000 },
        { messageId: "y-2", type: "pageView", anonymousId: "y", timestamp: 2_000 },
      ),
    );
    await first.start();
    await expect.poll(() => storedIds("y-")).toEqual(["y-1", "y-2"]);
    await first.stop();
    expect((await first.counts()).unexported).toBe(1);

    const second = createPipeline();
    await second.start();
    await second.settle();
    expect(await storedIds("y-")).toEqual(["y-1", "y-2"]);
  });
});

describe("a repeated message", () => {
  it("counts once when the door of another process lets it in again", async () => {
    const seen: string[] = [];
    const one = createPipeline({ prepare: preparing(() => false, seen) });
    const again = request({ messageId: "r-1", type: "pageView", anonymousId: "r" });
    await one.accept(again);
    await one.start();
    await one.settle();
    await one.stop();
    const two = createPipeline({ prepare: preparing(() => false, seen) });
    expect(await two.accept(again)).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await two.accept({ ...again, sourceId: "other-shop" })).toMatchObject({ accepted: 1 });
    await two.start();
    await two.settle();
    expect(seen).toEqual(["r-1", "r-1"]);
    expect(await storedIds("r-")).toEqual(["r-1", "r-1"]);
  });
});
