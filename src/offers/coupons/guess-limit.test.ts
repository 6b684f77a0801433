import { expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { addressKey, createGuessLimit } from "./guess-limit.ts";

const setUp = (options: object = {}) => {
  const clock = createFixedClock(0);
  return { clock, limit: createGuessLimit({ clock, perAddress: 4, perVisitor: 2, windowMs: 60_000, ...options }) };
};
const guesser = (ip: string, identity = "") => ({ ip, identity });

it("stops an address that enters unknown codes, for the rest of the window", () => {
  const { clock, limit } = setUp();
  for (let n = 0; n < 4; n += 1) {
    limit.check(guesser("10.0.0.1", `anonymous_id:${n}`));
    limit.count(guesser("10.0.0.1", `anonymous_id:${n}`), 1);
  }
  clock.advance(20_000);
  expect(() => limit.check(guesser("10.0.0.1"))).toThrow(
    expect.objectContaining({ code: "coupons.tooManyGuesses", status: 429, retryAfterSeconds: 40 }),
  );
  limit.check(guesser("10.0.0.2"));
  clock.advance(40_000);
  limit.check(guesser("10.0.0.1"));
});

it("stops a visitor who changes addresses", () => {
  const { limit } = setUp();
  limit.count(guesser("10.0.0.1", "anonymous_id:a"), 2);
  expect(() => limit.check(guesser("10.0.0.9", "anonymous_id:a"))).toThrow(/too many/);
});

it("never counts codes that exist", () => {
  const { limit } = setUp();
  for (let n = 0; n < 100; n += 1) limit.count(guesser("10.0.0.1", "x"), 0);
  limit.check(guesser("10.0.0.1", "x"));
  expect(limit.size()).toBe(0);
});

it("takes a network of IPv6 for one address", () => {
  const { limit } = setUp();
  for (let n = 0; n < 4; n += 1) limit.count(guesser(`2001:db8::${n}`), 1);
  expect(() => limit.check(guesser("2001:0db8:0:0:ffff::1"))).toThrow(/too many/);
  expect(addressKey("::ffff:10.0.0.1")).toBe("10.0.0.1");
  expect(addressKey("::1")).toBe("0:0:0:0");
});

it("remembers a bounded number, and forgets first who was not seen for longest", () => {
  const { limit } = setUp({ maxKeys: 100 });
  limit.count(guesser("10.0.0.1"), 3);
  for (let n = 0; n < 1_000; n += 1) {
    limit.count(guesser("10.0.0.1"), n % 90 === 0 ? 1 : 0);
    limit.count(guesser(`10.1.0.${n}`), 1);
  }
  expect(limit.size()).toBe(100);
  expect(() => limit.check(guesser("10.0.0.1"))).toThrow(/too many/);
});
