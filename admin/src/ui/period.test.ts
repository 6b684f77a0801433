import { describe, expect, it } from "vitest";
import { instantsOf, readPeriod } from "./period.ts";

const now = Date.UTC(2026, 2, 10, 12);

describe("the period of a report", () => {
  it("is the standard one unless the address names another that exists", () => {
    expect(readPeriod({}, "7d")).toEqual({ key: "7d" });
    expect(readPeriod({ period: "30d", from: "2026-01-01" }, "7d")).toEqual({ key: "30d" });
    expect(readPeriod({ period: "a year or so" }, "7d")).toEqual({ key: "7d" });
  });

  it("ends now for a standard length", () => {
    expect(instantsOf({ key: "24h" }, now)).toEqual({
      from: "2026-03-09T12:00:00.000Z",
      to: "2026-03-10T12:00:00.000Z",
    });
  });

  it("holds the last day of one's own period whole", () => {
    const { from = "", to = "" } = instantsOf({ key: "custom", from: "2026-01-01", to: "2026-01-01" }, now) ?? {};
    expect(Date.parse(to) - Date.parse(from)).toBe(86_400_000);
    expect(new Date(from).getDate()).toBe(1);
  });

  it.each([
    ["2026-01-01", undefined],
    ["soon", "2026-01-01"],
    ["2026-01-03", "2026-01-01"],
    ["2024-01-01", "2026-01-01"],
  ])("is none from %s to %s", (from, to) => {
    expect(instantsOf({ key: "custom", from, to }, now)).toBeNull();
  });
});
