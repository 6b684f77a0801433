import { describe, expect, it, vi } from "vitest";
import { createSystemStatus, type SystemDeps } from "./index.ts";

function setUp(overrides: Partial<SystemDeps> = {}) {
  const answering = { kind: "embedded" as const, ping: async () => undefined };
  return createSystemStatus({
    version: "1.2.3",
    startedAt: 1_000,
    roles: ["http"],
    storeViews: () => ["default"],
    now: () => 61_000,
    postgres: {
      ...answering,
      query: async <Row extends object>() => ({ rows: [{ version: "17" } as Row], rowCount: 1 }),
    },
    clickhouse: { ...answering, query: async <Row extends object>() => [{ version: "25" } as Row] },
    queues: async () => ({ pending: 3, oldestAt: 59_000, unexported: 2, deadLetters: 1 }),
    eventsLastMinute: () => 7,
    eventsTotal: async () => 70,
    profiles: async () => 5,
    catalog: () => ({ products: 9, version: 4 }),
    search: () => ({ products: 8 }),
    isStopping: () => false,
    ...overrides,
  });
}

const failing = {
  kind: "server" as const,
  ping: () => Promise.reject(new Error("gone")),
  query: () => Promise.reject(new Error("gone")),
};

describe("readiness", () => {
  it("needs both engines", async () => {
    expect(await setUp().ready()).toEqual({ ready: true, postgres: true, clickhouse: true });
    expect(await setUp({ clickhouse: failing }).ready()).toEqual({ ready: false, postgres: true, clickhouse: false });
    expect(await setUp({ postgres: failing }).ready()).toEqual({ ready: false, postgres: false, clickhouse: true });
  });

  it("ends when the process is stopping", async () => {
    expect(await setUp({ isStopping: () => true }).ready()).toEqual({ ready: false, postgres: true, clickhouse: true });
  });

  it("does not wait for an engine that hangs", async () => {
    vi.useFakeTimers();
    try {
      const hanging = { ...failing, ping: () => new Promise<void>(() => undefined) };
      const answer = setUp({ clickhouse: hanging }).ready();
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await answer).toEqual({ ready: false, postgres: true, clickhouse: false });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the figures of the system", () => {
  it("tell engines, queues, load and age", async () => {
    expect(await setUp().status()).toMatchObject({
      version: "1.2.3",
      uptimeS: 60,
      roles: ["http"],
      storeViews: ["default"],
      postgres: { kind: "embedded", version: "17", ok: true },
      clickhouse: { kind: "embedded", version: "25", ok: true },
      inbox: { pending: 3, oldestAgeMs: 2_000 },
      export: { pending: 2 },
      events: { lastMinute: 7, total: 70 },
      profiles: 5,
      catalog: { products: 9, version: 4 },
      search: { products: 8 },
      deadLetters: 1,
    });
  });

  it("ask for the versions again after an engine came back", async () => {
    let isDown = true;
    const clickhouse = {
      kind: "server" as const,
      ping: async () => undefined,
      query: async <Row extends object>() => {
        if (isDown) throw new Error("gone");
        return [{ version: "25" } as Row];
      },
    };
    const system = setUp({ clickhouse });
    expect(await system.status()).toMatchObject({ clickhouse: { version: "" } });
    isDown = false;
    expect(await system.status()).toMatchObject({ clickhouse: { version: "25" } });
  });
});

it("answers with the figures it can read while an engine is away", async () => {
  const status = await setUp({
    clickhouse: failing,
    eventsTotal: () => Promise.reject(new Error("gone")),
  }).status();
  expect(status).toMatchObject({
    clickhouse: { ok: false },
    events: { total: null, lastMinute: 7 },
    profiles: 5,
    inbox: { pending: 3 },
  });
});
