import { describe, expect, it } from "vitest";
import type { JsonValue } from "../kernel/index.ts";
import type { OwnedIdentifier } from "../profiles/index.ts";
import { isComparable, readPerson } from "./read-person.ts";

const attributesOf = (values: Record<string, JsonValue>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, at: 0, sourceId: "shop" }]));
const owned = (namespace: string, value: string, validTo: number | null = null): OwnedIdentifier => ({
  namespace,
  value,
  validFrom: 0,
  validTo,
  verified: true,
});

describe("what a profile says of its person", () => {
  it("is read from attributes, the address and the identifiers that it owns now", () => {
    const person = readPerson(
      "p",
      attributesOf({
        first_name: "Ana",
        last_name: "Lopez",
        birth_date: "1979-04-23",
        phone: "+34 600 000 000",
        billing_address: { street1: "Calle Mayor 3", street2: "2 B", city: "Madrid", postalCode: "28013", state: "M" },
      }),
      [owned("email", "ana@example.com"), owned("email", "old@example.com", 5), owned("anonymous_id", "a-1")],
    );
    expect(person).toEqual({
      id: "p",
      givenName: "Ana",
      surname: "Lopez",
      birthDate: "1979-04-23",
      addressLine1: "Calle Mayor 3",
      addressLine2: "2 B",
      city: "Madrid",
      postcode: "28013",
      region: "M",
      emails: ["ana@example.com"],
      phones: ["+34 600 000 000"],
    });
  });

  it("is read from other spellings: one name, a list of street lines, a flat address", () => {
    expect(readPerson("p", attributesOf({ name: "Ana María Lopez" }), [])).toMatchObject({
      givenName: "Ana María",
      surname: "Lopez",
    });
    const magento = attributesOf({ address: { street: ["6 Main St", "Flat 2"], postcode: "4011" } });
    expect(readPerson("p", magento, [])).toMatchObject({ addressLine1: "6 Main St", addressLine2: "Flat 2" });
    const flat = attributesOf({ street: "Main St", house_number: 6, zip: 4011, city: "St James" });
    expect(readPerson("p", flat, [])).toMatchObject({ addressLine1: "6 Main St", postcode: "4011", city: "St James" });
  });

  it("takes any value for any attribute", () => {
    const odd = attributesOf({
      first_name: { a: 1 },
      last_name: [1, 2],
      birth_date: true,
      address: "somewhere",
      phone: null,
      ["__proto__"]: "x",
    });
    expect(isComparable(readPerson("p", odd, []))).toBe(false);
  });

  it("is compared from two kinds of facts on", () => {
    const read = (values: Record<string, JsonValue>, links: OwnedIdentifier[] = []) =>
      readPerson("p", attributesOf(values), links);
    expect(isComparable(read({ first_name: "Ana", last_name: "Lopez" }))).toBe(false);
    expect(isComparable(read({}, [owned("email", "ana@example.com")]))).toBe(false);
    expect(isComparable(read({ last_name: "Lopez" }, [owned("email", "ana@example.com")]))).toBe(true);
  });
});
