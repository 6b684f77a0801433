import { describe, expect, it } from "vitest";
import { replayedPeriod } from "./replayed-period.ts";

const at = (text: string) => Date.parse(text);
const now = at("2026-05-10T22:30:00Z");
const berlin = "Europe/Berlin";
const read = (settings: Parameters<typeof replayedPeriod>[0], timezone = berlin) => {
  const { fromMs, toMs } = replayedPeriod(settings, now, timezone);
  return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
};

describe("the period of a simulation", () => {
  it("goes back from now, 30 days unless told otherwise", () => {
    expect(read({})).toEqual(["2026-04-10T22:30:00.000Z", "2026-05-10T22:30:00.000Z"]);
    expect(read({ days: 1 })).toEqual(["2026-05-09T22:30:00.000Z", "2026-05-10T22:30:00.000Z"]);
  });

  it("holds its last day whole, in the time zone of the shop, over a change of the clock", () => {
    expect(read({ from: "2026-03-01", to: "2026-03-31" })).toEqual([
      "2026-02-28T23:00:00.000Z",
      "2026-03-31T22:00:00.000Z",
    ]);
    expect(read({ from: "2026-03-01", to: "2026-03-01" }, "UTC")).toEqual([
      "2026-03-01T00:00:00.000Z",
      "2026-03-02T00:00:00.000Z",
    ]);
  });

  it("ends today unless told otherwise, where it may be tomorrow already", () => {
    expect(read({ from: "2026-05-11" })).toEqual(["2026-05-10T22:00:00.000Z", "2026-05-11T22:00:00.000Z"]);
  });

  it("is at most 366 days", () => {
    expect(read({ from: "2024-01-01", to: "2024-12-31" }, "UTC")[1]).toBe("2025-01-01T00:00:00.000Z");
    expect(() => read({ from: "2024-01-01", to: "2025-01-01" })).toThrow("more than 366 days");
  });

  it.each([
    [{ to: "2026-05-01" }, "to needs from"],
    [{ from: "2026-05-01", days: 3 }, "either days or from and to"],
    [{ from: "2026-02-29" }, "there is no day 2026-02-29"],
    [{ from: "2026-02-01", to: "2026-02-30" }, "there is no day 2026-02-30"],
    [{ from: "2026-05-02", to: "2026-05-01" }, "2026-05-01 lies before 2026-05-02"],
    [{ from: "2026-05-12" }, "is to come: today is 2026-05-11"],
  ])("is refused for %j: %s", (settings, message) => {
    expect(() => read(settings)).toThrow(message);
    expect(() => read(settings)).toThrow(expect.objectContaining({ code: "offers.simulationPeriod" }));
  });
});
