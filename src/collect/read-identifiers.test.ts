import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBlockedIdentifier } from "./namespaces.ts";
import { readIdentifiers } from "./read-identifiers.ts";

const blocked = [
  "",
  " ",
  "0",
  "0000",
  "00000000-0000-0000-0000-000000000000",
  "-",
  "-1",
  ..."null undefined none nan nil true false anonymous guest unknown not_authenticated invalid id email".split(" "),
  ..."distinct_id distinctid user test void abc123 NULL Undefined NaN GUEST".split(" "),
  "[object Object]",
  "example@example.com",
  "Test@Test.com",
  "noreply@shop.example",
  "No-Reply@shop.example",
  "x".repeat(513),
  "ü".repeat(257),
];

describe("a value that must never link two events", () => {
  it.each(blocked.map((value) => [value]))("%.40j", (value) => {
    for (const spelling of [value, ` ${value} `, `'${value}'`, `"${value}"`, `" ${value} "`])
      expect(isBlockedIdentifier(spelling)).toBe(true);
  });
});

describe("a value that may", () => {
  it.each([
    "1",
    "-2",
    "10",
    "users",
    "0a",
    "nullable",
    "me@example.com",
    "reply@shop.example",
    "x".repeat(512),
    "ü".repeat(256),
  ])("%.40j", (value) => {
    expect(isBlockedIdentifier(value)).toBe(false);
  });
});

describe("identifiers of an event", () => {
  it("come strongest first, trimmed, numbers as text, e-mail in lower case and NFC", () => {
    const raw = { anonymousId: " a-1 ", customerId: 42, email: " Jose\u0301@Example.COM " };
    expect(readIdentifiers(raw, {})).toEqual([
      { namespace: "user_id", value: "42" },
      { namespace: "email", value: "jos\u00e9@example.com" },
      { namespace: "anonymous_id", value: "a-1" },
    ]);
  });

  it("include the e-mail of traits, and of properties on orders only", () => {
    const email = [{ namespace: "email", value: "a@b.example" }];
    expect(readIdentifiers({ traits: { email: "a@b.example" } }, {})).toEqual(email);
    expect(readIdentifiers({}, { traits: { email: "a@b.example" } })).toEqual(email);
    expect(readIdentifiers({}, { orderId: "1", email: "a@b.example" })).toEqual(email);
    expect(readIdentifiers({}, { email: "a@b.example" })).toEqual([]);
  });

  it("leave out what does not identify and keep the rest", () => {
    expect(readIdentifiers({ anonymousId: "a", customerId: "undefined", email: "nobody" }, {})).toEqual([
      { namespace: "anonymous_id", value: "a" },
    ]);
    expect(readIdentifiers({ anonymousId: null, customerId: "", email: {} }, {})).toEqual([]);
  });

  it("never hold a blocked value, whatever is sent", () => {
    const value = fc.oneof(fc.string(), fc.constantFrom(...blocked), fc.anything());
    fc.assert(
      fc.property(value, value, value, (customerId, email, anonymousId) => {
        for (const identifier of readIdentifiers({ customerId, email, anonymousId }, {}))
          expect(isBlockedIdentifier(identifier.value)).toBe(false);
      }),
    );
  });
});
