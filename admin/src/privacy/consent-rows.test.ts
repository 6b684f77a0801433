import { describe, expect, it } from "vitest";
import { consentName, consentRows, expiryOf } from "./consent-rows.ts";

const now = Date.parse("2026-06-01T00:00:00Z");
const day = 86_400_000;

describe("consents as rows", () => {
  it("lists every shipped category, also when nobody was asked", () => {
    const rows = consentRows({}, now);
    expect(rows.map(({ category, effect }) => `${category} ${effect}`)).toEqual([
      "necessary allowed",
      "analytics allowed",
      "personalisation allowed",
      "marketing refused",
      "advertising refused",
    ]);
  });

  it("keeps channels beside their category, and own categories last", () => {
    const consent = { status: "granted", at: now };
    const keys = consentRows({ surveys: consent, "marketing:sms": consent, "marketing:email": consent }, now);
    expect(keys.map(({ key }) => key)).toEqual([
      "necessary",
      "analytics",
      "personalisation",
      "marketing",
      "marketing:email",
      "marketing:sms",
      "advertising",
      "surveys",
    ]);
    expect(consentName("marketing", "email")).toBe("Marketing by e-mail");
  });

  it("lets a grant expire after 24 months or at its own end, a refusal never", () => {
    expect(expiryOf({ status: "granted", at: now })).toBe(now + 730 * day);
    expect(expiryOf({ status: "granted", at: now, expiresAt: now + day })).toBe(now + day);
    expect(expiryOf({ status: "denied", at: now, expiresAt: now + day })).toBeNull();
  });

  it("treats an expired grant as not asked", () => {
    const rows = consentRows({ marketing: { status: "granted", at: now - 800 * day } }, now);
    expect(rows.find(({ key }) => key === "marketing")).toMatchObject({
      effect: "refused",
      text: "Expired (asked anew)",
    });
  });
});
