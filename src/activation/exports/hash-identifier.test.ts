import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashField, hashIdentifier, normaliseField } from "./hash-identifier.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("hashed identifiers", () => {
  it("are those of the published examples", () => {
    // Google's and Meta's documentation hash this address; the digest was made by sha256sum.
    expect(hashIdentifier("email", " Test@Gmail.com ")).toBe(
      "87924606b4131a8aceeeae8868531fbb9712aaa07a5d3a756b26ce0f5d6ca674",
    );
  });

  it("are the same however the address or number was written", () => {
    expect(hashIdentifier("email", "  Maya@Example.org")).toBe(sha256("maya@example.org"));
    expect(hashIdentifier("phone", "+1 (650) 253-0000")).toBe(sha256("+16502530000"));
    expect(hashIdentifier("phone", "+1 (650) 253-0000", "meta")).toBe(sha256("16502530000"));
    expect(hashIdentifier("phone", "030 901820", "standard", "DE")).toBe(sha256("+4930901820"));
    expect(hashIdentifier("user_id", " C-7 ")).toBe(sha256("C-7"));
  });

  it("stay what they are when they were hashed before", () => {
    const hash = sha256("maya@example.org");
    expect(hashIdentifier("email_sha256", hash.toUpperCase())).toBe(hash);
    expect(hashIdentifier("email_sha256", "not a hash")).toBeUndefined();
  });

  it("are none for what identifies nobody", () => {
    for (const [namespace, value] of [
      ["email", "nobody"],
      ["email", ""],
      ["email", "noreply@shop.example"],
      ["phone", "12"],
      ["phone", "0650"],
      ["user_id", "null"],
      ["user_id", "0000"],
    ] as const)
      expect(hashIdentifier(namespace, value)).toBeUndefined();
  });
});

describe("names and places", () => {
  it("are written as each system asks before they are hashed", () => {
    expect(normaliseField("first_name", " Anne-Marie ", "meta")).toBe("annemarie");
    expect(normaliseField("first_name", " Anne-Marie ", "standard")).toBe("anne-marie");
    expect(normaliseField("last_name", "정", "meta")).toBe("정");
    expect(normaliseField("city", "New York", "meta")).toBe("newyork");
    expect(normaliseField("zip", "94035-1234", "meta")).toBe("94035");
    expect(normaliseField("zip", "M1 1AE", "meta")).toBe("m11ae");
    expect(normaliseField("country", "us", "standard")).toBe("US");
    expect(normaliseField("country", "US", "meta")).toBe("us");
    expect(normaliseField("birth_date", "1997-02-16", "meta")).toBe("19970216");
    expect(normaliseField("gender", "Female", "meta")).toBe("f");
    expect(hashField("last_name", "Doe", "meta")).toBe(sha256("doe"));
  });

  it("are none when they say nothing", () => {
    expect(normaliseField("country", "Germany", "meta")).toBeUndefined();
    expect(normaliseField("birth_date", "last spring", "meta")).toBeUndefined();
    expect(normaliseField("first_name", "…", "meta")).toBeUndefined();
    expect(hashField("zip", "  ")).toBeUndefined();
  });
});
