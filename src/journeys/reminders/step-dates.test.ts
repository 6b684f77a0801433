import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOf, wallOf } from "./local-time.ts";
import { defaultSettings, nextRunAt } from "./settings.ts";
import { parseRepeat, stepDates } from "./step-dates.ts";

const at = (text: string) => Date.parse(text);
const dayMs = 86_400_000;

describe("dates of a sequence", () => {
  it("count each offset from the first match, not from the mail before", () => {
    const first = at("2026-03-01T10:00:00Z");
    expect(stepDates(first, parseRepeat("7, 14") ?? [], "UTC")).toEqual([first, first + 7 * dayMs, first + 14 * dayMs]);
  });

  it("keep the time of day over a clock change", () => {
    // Berlin goes to summer time on 29 March 2026.
    const first = at("2026-03-25T08:30:00Z");
    expect(stepDates(first, [7], "Europe/Berlin")[1]).toBe(at("2026-04-01T07:30:00Z"));
  });

  it("take the next valid minute where the clock skips the time, and the first of two where it repeats it", () => {
    const skipped = at("2026-03-22T01:30:00Z"); // 02:30 in Berlin
    expect(stepDates(skipped, [7], "Europe/Berlin")[1]).toBe(at("2026-03-29T01:00:00Z"));
    const repeated = at("2026-10-18T00:30:00Z"); // 02:30 in Berlin
    expect(stepDates(repeated, [7], "Europe/Berlin")[1]).toBe(at("2026-10-25T00:30:00Z"));
  });

  it("show the same time on the wall so many days later, in any zone, unless the clock skips it", () => {
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu");
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: at("2024-01-01"), max: at("2028-01-01") }),
        fc.integer({ min: 1, max: 365 }),
        (timezone, first, days) => {
          const minute = Math.floor(first / 60_000) * 60_000;
          const [, due = 0] = stepDates(minute, [days], timezone);
          const wanted = wallOf(minute, timezone) + days * dayMs;
          const shown = wallOf(due, timezone);
          if (shown === wanted) {
            // No earlier instant shows it.
            for (const earlier of [1_800_000, 3_600_000, 7_200_000])
              expect(wallOf(due - earlier, timezone)).not.toBe(wanted);
            return;
          }
          // Skipped: the minute before lies ahead of the gap.
          expect(shown).toBeGreaterThan(wanted);
          expect(wallOf(due - 60_000, timezone)).toBeLessThan(wanted);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are refused when they do not ascend or are no days", () => {
    for (const text of ["7,7", "14,7", "0", "-1", "1.5", "a", "7,,14", "366", ",7", "1e2"])
      expect(parseRepeat(text), text).toBeUndefined();
    expect(parseRepeat("")).toEqual([]);
  });
});

describe("runs", () => {
  const next = (
    frequency: typeof defaultSettings.frequency,
    last: string | null,
    zone = "UTC",
    startAt: string | null = null,
  ) => {
    const due = nextRunAt({ ...defaultSettings, frequency, startAt }, last === null ? null : at(last), zone);
    return due === null ? null : new Date(due).toISOString();
  };
  it("come every so many minutes on a grid, whenever the last one began", () => {
    expect(next({ every: 15 }, "2026-01-01T10:07:00Z")).toBe("2026-01-01T10:15:00.000Z");
    expect(next({ every: 15 }, "2026-01-01T10:15:00Z")).toBe("2026-01-01T10:30:00.000Z");
  });
  it("come at a minute of each hour of the zone", () => {
    expect(next({ hourlyAt: 20 }, "2026-01-01T10:20:00Z")).toBe("2026-01-01T11:20:00.000Z");
    expect(next({ hourlyAt: 20 }, "2026-01-01T10:20:00Z", "Asia/Kathmandu")).toBe("2026-01-01T10:35:00.000Z");
  });
  it("come once a day at a local time, also on the day the clock changes", () => {
    expect(next({ dailyAt: "08:00" }, "2026-03-28T07:00:00Z", "Europe/Berlin")).toBe("2026-03-29T06:00:00.000Z");
    expect(next({ dailyAt: "02:30" }, "2026-03-28T01:30:00Z", "Europe/Berlin")).toBe("2026-03-29T01:00:00.000Z");
  });
  it("wait for the start time, and stop when switched off", () => {
    expect(next({ every: 30 }, null, "UTC", "2026-05-01T00:10:00Z")).toBe("2026-05-01T00:10:00.000Z");
    expect(next({ every: 30 }, "2026-05-01T00:10:00Z", "UTC", "2026-05-01T00:10:00Z")).toBe("2026-05-01T00:40:00.000Z");
    expect(nextRunAt({ ...defaultSettings, enabled: false }, null, "UTC")).toBeNull();
  });
  it("never stand still", () => {
    const frequency = fc.constantFrom({ every: 5 } as const, { hourlyAt: 59 }, { dailyAt: "02:30" });
    fc.assert(
      fc.property(
        frequency,
        fc.integer({ min: 0, max: at("2030-01-01") }),
        fc.constantFrom("Europe/Berlin", "Australia/Lord_Howe"),
        (f, last, zone) => {
          const due = nextRunAt({ ...defaultSettings, frequency: f }, last, zone) ?? 0;
          expect(due).toBeGreaterThan(last);
          expect(due - last).toBeLessThanOrEqual(dayMs + 3 * 3_600_000);
        },
      ),
    );
  });
  it("agree on what a clock shows", () => {
    expect(instantOf(Date.UTC(2026, 6, 1, 12), "America/New_York")).toBe(at("2026-07-01T16:00:00Z"));
  });
});
