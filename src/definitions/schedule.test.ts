import fc from "fast-check";
import { expect, it } from "vitest";
import { diffJson } from "./diff.ts";
import { isInWindow, parseScheduleTime, scheduleFaults, windowOf } from "./schedule.ts";

const at = (text: string, timezone = "Europe/Berlin") => {
  const ms = parseScheduleTime(text, timezone);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

it("reads local times in the zone of the schedule, and times with an offset as they are", () => {
  expect(at("2026-01-15T12:00")).toBe("2026-01-15T11:00:00.000Z");
  expect(at("2026-07-15T12:00")).toBe("2026-07-15T10:00:00.000Z");
  expect(at("2026-07-15")).toBe("2026-07-14T22:00:00.000Z");
  expect(at("2026-07-15T12:00:30Z")).toBe("2026-07-15T12:00:30.000Z");
  expect(at("2026-07-15T12:00+05:30")).toBe("2026-07-15T06:30:00.000Z");
  expect(at("2026-01-15T00:00", "America/New_York")).toBe("2026-01-15T05:00:00.000Z");
  expect(at("2026-01-15T00:00", "Asia/Kathmandu")).toBe("2026-01-14T18:15:00.000Z");
});

it("takes the end of a gap for a skipped time and the first of a repeated one", () => {
  expect(at("2026-03-29T02:30")).toBe("2026-03-29T01:00:00.000Z");
  expect(at("2026-10-25T02:30")).toBe("2026-10-25T00:30:00.000Z");
  expect(at("2026-03-08T02:30", "America/New_York")).toBe("2026-03-08T07:00:00.000Z");
  expect(at("2026-11-01T01:30", "America/New_York")).toBe("2026-11-01T05:30:00.000Z");
});

it.each(["", "tomorrow", "2026-02-30", "2026-13-01", "2026-01-01T25:00", "2026-01-01 10:00"])("refuses %j", (text) => {
  expect(at(text)).toBeUndefined();
});

it("shows the wall clock that was written, for any time that exists in any zone", () => {
  const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2035, 0) }),
      (timezone, instantMs) => {
        const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" })
          .format(instantMs)
          .replace(" ", "T");
        const ms = parseScheduleTime(shown, timezone)!;
        expect(
          new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" })
            .format(ms)
            .replace(" ", "T"),
        ).toBe(shown);
        expect(ms).toBeLessThanOrEqual(instantMs);
      },
    ),
  );
});

it("names an unknown zone and an end before the start", () => {
  expect(scheduleFaults({ from: null, to: null, timezone: "Mars/Olympus" })).toMatchObject([
    { path: "/schedule/timezone" },
  ]);
  expect(scheduleFaults({ from: "2026-01-02", to: "2026-01-02", timezone: "UTC" })).toMatchObject([
    { path: "/schedule/to", code: "order" },
  ]);
  expect(scheduleFaults(null)).toEqual([]);
});

it("opens at from and closes before to", () => {
  const window = windowOf({ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", timezone: "UTC" });
  const open = (text: string) => isInWindow({ window }, Date.parse(text));
  expect([
    open("2025-12-31T23:59:59.999Z"),
    open("2026-01-01T00:00:00Z"),
    open("2026-01-01T23:59:59.999Z"),
    open("2026-01-02T00:00:00Z"),
  ]).toEqual([false, true, true, false]);
  expect(isInWindow({ window: windowOf(null) }, 0)).toBe(true);
});

it("shows an inserted list entry as one difference", () => {
  expect(diffJson({ list: [1, 2, 3] }, { list: [0, 1, 2, 3] })).toEqual([{ path: "/list/0", after: 0 }]);
  expect(diffJson({ list: [1, 2, 3] }, { list: [1, 3] })).toEqual([{ path: "/list/1", before: 2 }]);
  expect(diffJson({ "a/b": 1 }, {})).toEqual([{ path: "/a~1b", before: 1 }]);
});

it("finds no difference in equal values and some in different ones", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(diffJson(a, structuredClone(a))).toEqual([]);
      const sorted = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.map(sorted)
          : typeof value === "object" && value !== null
            ? Object.entries(value)
                .sort(([x], [y]) => (x < y ? -1 : 1))
                .map(([key, child]) => [key, sorted(child)])
            : value;
      expect(diffJson(a, b).length === 0).toBe(
        JSON.stringify([typeof a, Array.isArray(a), sorted(a)]) ===
          JSON.stringify([typeof b, Array.isArray(b), sorted(b)]),
      );
    }),
  );
});
