import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toLocalInput } from "../../definitions/local-time.ts";
import { toInstant } from "./local-instant.ts";

describe("moments of a wall clock", () => {
  it.each([
    ["2026-01-15T10:30", "Europe/Berlin", "2026-01-15T09:30:00.000Z"],
    ["2026-07-15T10:30", "Europe/Berlin", "2026-07-15T08:30:00.000Z"],
    ["2026-07-15T10:30", "Asia/Kathmandu", "2026-07-15T04:45:00.000Z"],
    // The clock goes from 2 to 3: half past two is half past three.
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
    // The clock goes from 3 to 2: the first of the two.
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ])("takes %s in %s as %s", (local, zone, instant) => {
    expect(toInstant(local, zone)).toBe(instant);
  });

  it("comes back as it was, in any zone", () => {
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia");
    const minutes = fc.integer({ min: Date.UTC(2015, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 });
    fc.assert(
      fc.property(minutes, zone, (minute, timezone) => {
        const local = toLocalInput(new Date(minute * 60_000).toISOString(), timezone);
        expect(toLocalInput(toInstant(local, timezone), timezone)).toBe(local);
      }),
      { numRuns: 500 },
    );
  });

  it("is nothing while it is being typed", () => {
    expect(toInstant("", "UTC")).toBeNull();
    expect(toInstant("2026-13-40T99:00", "UTC")).toBeNull();
    expect(toInstant("2026-01-15T10:30", "Europe/Ber")).toBeNull();
  });
});
