import { describe, expect, it } from "vitest";
import { daysOf, faultOf } from "./period.ts";

describe("the days of a simulation", () => {
  it.each([
    ["month", "2026-03-31", "2026-02-01", "2026-02-28"],
    ["month", "2024-03-01", "2024-02-01", "2024-02-29"],
    ["month", "2026-01-15", "2025-12-01", "2025-12-31"],
    ["7d", "2026-03-03", "2026-02-25", "2026-03-03"],
    ["30d", "2026-01-30", "2026-01-01", "2026-01-30"],
    ["90d", "2026-12-31", "2026-10-03", "2026-12-31"],
  ] as const)("%s on %s are those from %s to %s", (preset, today, from, to) => {
    expect(daysOf(preset, today)).toEqual({ from, to });
    expect(faultOf({ from, to }, today)).toBeNull();
  });

  it.each([
    ["", "2026-01-01", "missing"],
    ["2026-01-01", "", "missing"],
    ["2026-13-01", "2026-12-01", "missing"],
    ["2026-01-02", "2026-01-01", "order"],
    ["2026-06-02", "2026-06-03", "future"],
    ["2024-01-01", "2025-01-01", "tooMany"],
    ["2024-01-01", "2024-12-31", null],
    ["2026-06-01", "2026-06-30", null],
  ])("from %s to %s on 2026-06-01: %s", (from, to, fault) => {
    expect(faultOf({ from, to }, "2026-06-01")).toBe(fault);
  });
});
