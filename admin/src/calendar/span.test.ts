import { describe, expect, it } from "vitest";
import { isTimezone, localDay, spanAround, startOfDay, stepFrom } from "./span.ts";

describe("spans of the calendar", () => {
  it("are weeks from Monday and whole months of the zone", () => {
    const week = spanAround("2026-03-29", "week", "Europe/Berlin");
    expect(week.days).toEqual([23, 24, 25, 26, 27, 28, 29].map((day) => `2026-03-${day}`));
    // An hour is missing on the last Sunday of March.
    expect(week.toMs - week.fromMs).toBe(7 * 86_400_000 - 3_600_000);
    expect(spanAround("2028-02-10", "month", "UTC").days).toHaveLength(29);
    expect(new Date(spanAround("2026-05-10", "month", "Asia/Tokyo").fromMs).toISOString()).toBe(
      "2026-04-30T15:00:00.000Z",
    );
  });

  it("step over the end of a year, and know days that begin after midnight", () => {
    expect(stepFrom("2026-12-31", "month", 1)).toBe("2027-01-01");
    expect(stepFrom("2026-01-31", "month", -1)).toBe("2025-12-01");
    expect(stepFrom("2026-01-01", "week", -1)).toBe("2025-12-25");
    // The clock goes from 0:00 to 1:00 in Beirut.
    expect(new Date(startOfDay("2026-03-29", "Asia/Beirut")).toISOString()).toBe("2026-03-28T22:00:00.000Z");
    expect(localDay(Date.UTC(2026, 0, 1, 0), "America/New_York")).toBe("2025-12-31");
    expect([isTimezone("Europe/Berlin"), isTimezone("Nowhere/Land")]).toEqual([true, false]);
  });
});
