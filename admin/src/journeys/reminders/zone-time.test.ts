import { expect, it } from "vitest";
import { formatInstantIn, toInstant } from "./zone-time.ts";

it("reads local times of a zone, on both sides of its clock changes", () => {
  expect(toInstant("2026-03-29T01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00.000Z");
  expect(toInstant("2026-03-29T03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
  expect(toInstant("2026-07-01T09:00", "America/New_York")).toBe("2026-07-01T13:00:00.000Z");
  expect(toInstant("2026-10-25T12:00", "Europe/Berlin")).toBe("2026-10-25T11:00:00.000Z");
  expect(toInstant("", "Europe/Berlin")).toBe(null);
});

it("shows a time by the clock of a zone", () => {
  expect(formatInstantIn("2026-07-01T13:00:00.000Z", "America/New_York")).toMatch(/9:00|09:00/);
});
