import { expect, it } from "vitest";
import { createMentions } from "./mentions-person.ts";

const mentions = createMentions([
  { namespace: "user_id", value: "42" },
  { namespace: "email", value: "ada@example.com" },
  { namespace: "phone", value: "+4915123456789" },
  { namespace: "anonymous_id", value: "device-7" },
]);

it.each([
  ["an address in other case", { traits: { mail: " ADA@example.com" } }, true],
  ["an address inside a text", { url: "/?e=ada@example.com&x" }, true],
  ["a short id in a field for ids", { customerId: 42 }, true],
  ["a short id in a canonical event", { identifiers: [{ namespace: "user_id", value: "42" }] }, true],
  ["a phone number as it was typed", { phone: "0151 / 234 56789" }, true],
  ["a device deep down", [{ a: [{ b: { anonymousId: "device-7" } }] }], true],
  ["a payload that was cut off", { truncated: '{"email":"ada@example.com","x' }, true],
  ["a short number that means something else", { qty: 42, price: "42", paid: "42" }, false],
  ["somebody else", { email: "bob@example.com", customerId: "43", phone: "0151 111" }, false],
  ["nothing", null, false],
])("tells whether a payload names a person: %s", (_what, payload, expected) => {
  expect(mentions(payload)).toBe(expected);
});

it("takes a payload that is too large to be searched for the person's", () => {
  expect(mentions(Array.from({ length: 30_000 }, () => "x"))).toBe(true);
});
