import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correctTime, parseInstant } from "./correct-time.ts";

const receivedAt = Date.UTC(2026, 2, 10, 12);
const second = 1_000;
const day = 86_400 * second;
const maxAgeMs = 5 * 365 * day;
const browser = { maxAgeMs, correctByDelay: true };
const server = { maxAgeMs, correctByDelay: false };

describe("the time of an event", () => {
  it.each([
    ["is the time it was received when it names none", undefined, undefined, browser, 0, []],
    ["is the time it was received when it is null", null, undefined, browser, 0, []],
    ["is the time it was received, flagged, when it cannot be read", "soon", undefined, browser, 0, ["bad_timestamp"]],
    ["is kept without a sending time", receivedAt - 7 * second, undefined, browser, -7 * second, []],
    [
      "loses the offset of a fast client clock",
      receivedAt + 595 * second,
      receivedAt + 600 * second,
      browser,
      -5 * second,
      [],
    ],
    [
      "loses the offset of a slow client clock",
      receivedAt - 605 * second,
      receivedAt - 600 * second,
      browser,
      -5 * second,
      [],
    ],
    ["is kept as a server sent it", receivedAt - 605 * second, receivedAt - 600 * second, server, -605 * second, []],
    [
      "is not corrected by an implausible sending time",
      receivedAt - 9 * second,
      receivedAt - 365 * day,
      browser,
      -9 * second,
      [],
    ],
    [
      "is corrected by a sending time just plausible",
      receivedAt - 365 * day,
      receivedAt - 365 * day + 1,
      browser,
      -1,
      [],
    ],
    ["may be up to a minute ahead", receivedAt + 60 * second, undefined, server, 60 * second, []],
    ["is clamped beyond a minute ahead", receivedAt + 60 * second + 1, undefined, server, 0, ["future_clamped"]],
    ["may be as old as the setting says", receivedAt - maxAgeMs, undefined, server, -maxAgeMs, []],
    [
      "is clamped to the oldest that the setting allows",
      receivedAt - maxAgeMs - 1,
      undefined,
      server,
      -maxAgeMs,
      ["past_clamped"],
    ],
    ["is clamped to 1970 without a bound", -1e18, undefined, { ...server, maxAgeMs: 0 }, -receivedAt, ["past_clamped"]],
    ["may be any instant since 1970 without a bound", 0, undefined, { ...server, maxAgeMs: 0 }, -receivedAt, []],
  ] as const)("%s", (_name, timestamp, sentAt, bounds, offset, flags) => {
    expect(correctTime({ timestamp, sentAt, receivedAt }, bounds)).toEqual({ timestamp: receivedAt + offset, flags });
  });

  it("always lies between the bound and a minute ahead, and differs from the given one only with a flag or a correction", () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.integer(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    );
    fc.assert(
      fc.property(
        anything,
        fc.option(fc.maxSafeInteger(), { nil: undefined }),
        fc.boolean(),
        (timestamp, sentAt, correct) => {
          const result = correctTime({ timestamp, sentAt, receivedAt }, { maxAgeMs, correctByDelay: correct });
          expect(Number.isSafeInteger(result.timestamp)).toBe(true);
          expect(result.timestamp).toBeGreaterThanOrEqual(receivedAt - maxAgeMs);
          expect(result.timestamp).toBeLessThanOrEqual(receivedAt + 60 * second);
          const given = parseInstant(timestamp);
          if (!correct && given !== undefined && result.flags.length === 0) expect(result.timestamp).toBe(given);
        },
      ),
    );
  });
});

describe("an instant", () => {
  it.each([
    ["2026-03-10T12:00:00Z", receivedAt],
    ["2026-03-10T13:00:00.000+01:00", receivedAt],
    [receivedAt + 0.4, receivedAt],
    ["", undefined],
    ["x".repeat(65), undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [true, undefined],
    [{}, undefined],
  ])("%j is %j", (value, expected) => {
    expect(parseInstant(value)).toBe(expected);
  });
});
