import { describe, expect, it } from "vitest";
import { toLocalInput } from "./local-time.ts";

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
