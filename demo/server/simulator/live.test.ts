import { afterEach, describe, expect, it, vi } from "vitest";
import { type RequestFacts, readEvent } from "../../../src/collect/index.ts";
import { createSimulator } from "./index.ts";
import { dayMs, now, products, type Sent, simulate } from "./simulator-fixture.ts";

const facts: RequestFacts = {
  sourceId: "simulated",
  sourceKind: "native",
  trusted: true,
  provenCustomerId: null,
  receivedAt: now,
  sentAt: undefined,
  bounds: { maxAgeMs: 365 * dayMs, correctByDelay: false },
  defaultStoreView: "default",
};

describe("live shoppers", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  function goLive(
    send: (events: readonly object[], isBackOffice: boolean) => Promise<void>,
    onError = (_: unknown): void => {},
  ) {
    vi.useFakeTimers({ now });
    return createSimulator({ shoppers: 300, seed: 7, now: Date.now, products, send, onError }).live();
  }

  it("come every few seconds and act in real time", async () => {
    const sent: { event: Sent; at: number }[] = [];
    const stop = goLive(async (events) => {
      for (const event of events as Sent[]) sent.push({ event, at: Date.now() });
    });
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    stop();
    for (const { event, at } of sent) expect(Math.abs(Date.parse(event.timestamp) - at)).toBeLessThan(1_000);
    const sessions = new Map<string, { at: number }[]>();
    for (const one of sent) {
      const { sessionId } = one.event.context;
      if (sessionId) sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), one]);
    }
    expect(sessions.size).toBeGreaterThan(100);
    expect(sessions.size).toBeLessThan(300);
    for (const visit of sessions.values()) {
      const times = visit.map(({ at }) => at);
      for (const [index, at] of times.slice(1).entries()) expect(at - times[index]!).toBeLessThanOrEqual(75_000);
    }
    expect(new Set(sent.map(({ event }) => event.messageId)).size).toBe(sent.length);
    expect(sent.every(({ event }) => readEvent(event, facts).ok && event.context.simulated)).toBe(true);
  });

  it("leave no timer behind when stopped, also in the middle of a delivery", async () => {
    let finish = (): void => {};
    const stop = goLive(() => new Promise((resolve) => (finish = resolve)));
    await vi.advanceTimersByTimeAsync(30_000);
    stop();
    stop();
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("repeat what was not taken, with growing pauses and the same message ids, and go on afterwards", async () => {
    const attempts: { at: number; ids: string[] }[] = [];
    const errors: unknown[] = [];
    let isDown = true;
    const stop = goLive(
      async (events) => {
        attempts.push({ at: Date.now(), ids: (events as Sent[]).map(({ messageId }) => messageId) });
        if (isDown) throw new Error("down");
      },
      (error) => errors.push(error),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    const failed = attempts.length;
    expect(failed).toBeGreaterThanOrEqual(4);
    expect(errors).toHaveLength(failed);
    for (const { ids } of attempts) expect(ids).toEqual(attempts[0]!.ids);
    const gaps = attempts.slice(1).map(({ at }, index) => at - attempts[index]!.at);
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(gaps[0]).toBe(1_000);
    isDown = false;
    await vi.advanceTimersByTimeAsync(120_000);
    stop();
    expect(attempts.length).toBeGreaterThan(failed + 20);
  });

  it("go on where the history ended: the order of the last checkout still comes", async () => {
    const whole = await simulate({ shoppers: 300, at: now + 8 * 3_600_000 });
    const order = whole.ofType("orderPlaced").at(-1)!;
    const placedAt = Date.parse(order.timestamp);
    expect(Math.floor(placedAt / dayMs)).toBe(Math.floor(now / dayMs));

    vi.useFakeTimers({ now: placedAt - 1, toFake: ["setTimeout", "clearTimeout", "Date"] });
    const sent: Sent[] = [];
    const simulator = createSimulator({
      shoppers: 300,
      seed: 7,
      now: Date.now,
      products,
      send: async (events) => void sent.push(...(events as Sent[])),
    });
    await simulator.history(() => {});
    const isOrder = ({ type, properties }: Sent) =>
      type === "orderPlaced" && properties.orderId === order.properties.orderId;
    expect(sent.some(isOrder)).toBe(false);
    const stop = simulator.live();
    await vi.advanceTimersByTimeAsync(5_000);
    stop();
    expect(sent.find(isOrder)?.properties).toEqual(order.properties);
  });
});
