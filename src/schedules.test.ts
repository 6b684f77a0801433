import { expect, it, vi } from "vitest";
import { createLogger } from "./kernel/index.ts";
import { startJobs } from "./schedules.ts";

const logger = createLogger("silent");

function deferred() {
  let release: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { done, release };
}

it("runs a job again and again, never twice at once, and plans the next run after the end of the last", async () => {
  vi.useFakeTimers();
  try {
    const runs: ReturnType<typeof deferred>[] = [];
    const run = () => {
      const next = deferred();
      runs.push(next);
      return next.done;
    };
    const stop = startJobs([{ name: "count", everyMs: 1_000, run }], logger);
    await vi.advanceTimersByTimeAsync(999);
    expect(runs).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toHaveLength(1);
    runs[0]!.release();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runs).toHaveLength(2);
    runs[1]!.release();
    await stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

it("goes on after a failed run", async () => {
  vi.useFakeTimers();
  try {
    let runs = 0;
    const run = async () => {
      runs += 1;
      throw new Error("not today");
    };
    const stop = startJobs([{ name: "fails", everyMs: 100, run }], logger);
    await vi.advanceTimersByTimeAsync(350);
    expect(runs).toBe(3);
    await stop();
  } finally {
    vi.useRealTimers();
  }
});

it("stops after the runs under way, and only then", async () => {
  vi.useFakeTimers();
  try {
    const current = deferred();
    let ended = false;
    const stop = startJobs([{ name: "long", everyMs: 10, run: () => current.done }], logger);
    await vi.advanceTimersByTimeAsync(10);
    const stopped = stop().then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(100);
    expect(ended).toBe(false);
    current.release();
    await stopped;
    expect(ended).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it("runs a job first after its own wait, and a stop waits for that run", async () => {
  let finish: () => void = () => undefined;
  let started = 0;
  const job = {
    name: "count",
    everyMs: 1_000_000,
    firstAfterMs: 1,
    run: () => {
      started += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
  };
  const stop = startJobs([job], createLogger("silent"));
  await expect.poll(() => started).toBe(1);
  let stopped = false;
  const ending = stop().then(() => {
    stopped = true;
  });
  await Promise.resolve();
  expect(stopped).toBe(false);
  finish();
  await ending;
  expect(started).toBe(1);
});
