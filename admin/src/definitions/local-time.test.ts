import { describe, expect, it } from "vitest";
import { fromLocalInput, toLocalInput } from "./local-time.ts";

describe("time of a schedule in its input", () => {
  it("is empty for an open end", () => {
    expect(toLocalInput(null, "UTC")).toBe("");
  });

  it("stays as it is when it is local already", () => {
    expect(toLocalInput("2026-11-27T08:30:00", "Europe/Berlin")).toBe("2026-11-27T08:30");
  });

  it("is moved to the schedule's zone, summer and winter", () => {
    expect(toLocalInput("2026-07-01T12:00:00Z", "Europe/Berlin")).toBe("2026-07-01T14:00");
    expect(toLocalInput("2026-12-01T12:00:00+00:00", "Europe/Berlin")).toBe("2026-12-01T13:00");
  });

  it("waits for a zone name that is still being typed", () => {
    expect(toLocalInput("2026-07-01T12:00:00Z", "Europe/Ber")).toBe("2026-07-01T12:00");
  });
});

describe("an instant from its input", () => {
  it("is read in the zone, summer and winter, near a change of the clock too", () => {
    expect(fromLocalInput("2026-07-01T14:00", "Europe/Berlin")).toBe("2026-07-01T12:00:00.000Z");
    expect(fromLocalInput("2026-12-01T13:00", "Europe/Berlin")).toBe("2026-12-01T12:00:00.000Z");
    expect(fromLocalInput("2026-03-29T00:30", "America/New_York")).toBe("2026-03-29T04:30:00.000Z");
    for (const hour of ["2026-03-29T01:30", "2026-03-29T03:30", "2026-10-25T01:30", "2026-10-25T03:30"]) {
      const instant = fromLocalInput(hour, "Europe/Berlin") ?? null;
      expect(toLocalInput(instant, "Europe/Berlin")).toBe(hour);
    }
  });

  it("is none while the input is empty", () => {
    expect(fromLocalInput("", "Europe/Berlin")).toBeUndefined();
  });
});
