import { GVL, TCModel, TCString } from "@iabtechlabtcf/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readConsent, readConsentStrings } from "./consent.ts";

const adobe = (version: string, value: unknown) => [{ standard: "Adobe", version, value }];

const purpose = (id: number) => ({ id, name: `p${id}`, description: "", descriptionLegal: "", illustrations: [] });
const vendorList = new GVL({
  gvlSpecificationVersion: 3,
  vendorListVersion: 100,
  tcfPolicyVersion: 4,
  lastUpdated: "2026-01-01T00:00:00Z",
  purposes: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [at + 1, purpose(at + 1)])),
  specialPurposes: {},
  features: {},
  specialFeatures: {},
  stacks: {},
  vendors: {},
  // The published list has more fields that play no part here.
} as unknown as ConstructorParameters<typeof GVL>[0]);

function tcString(...purposes: readonly number[]): string {
  const model = new TCModel(vendorList);
  model.cmpId = 10;
  model.cmpVersion = 1;
  model.purposeConsents.set([...purposes]);
  return TCString.encode(model);
}

const tcf = (value: unknown, gdprApplies = true) => [{ standard: "IAB TCF", version: "2.0", value, gdprApplies }];

describe("consent", () => {
  it("of Adobe 1.0 gives or takes everything that a banner asks for", () => {
    expect(readConsent(adobe("1.0", { general: "in" }))).toEqual({
      general: "in",
      categories: { analytics: true, personalisation: true },
    });
    expect(readConsent(adobe("1.0", { general: "out" }))).toEqual({
      general: "out",
      categories: { analytics: false, personalisation: false, advertising: false, marketing: false },
    });
  });

  it("of Adobe 2.0 decides each purpose, and marketing by channel", () => {
    const value = {
      collect: { val: "y" },
      share: { val: "n" },
      personalize: { content: { val: "y" } },
      marketing: { preferred: "email", email: { val: "y" }, sms: { val: "n" }, push: { val: "u" } },
      metadata: { time: "2026-11-21T00:00:00Z" },
    };
    expect(readConsent(adobe("2.0", value))).toEqual({
      general: "in",
      categories: {
        analytics: true,
        advertising: false,
        personalisation: true,
        marketing: true,
        "marketing.email": true,
        "marketing.sms": false,
      },
    });
    expect(readConsent(adobe("2.0", { ...value, collect: { val: "n" } })).general).toBe("out");
    expect(readConsent(adobe("2.0", { share: { val: "n" } }))).toEqual({
      general: null,
      categories: { advertising: false },
    });
  });

  it("of a TC string needs purposes 1 and 10 to collect", () => {
    expect(readConsent(tcf(tcString(1, 3, 4, 5, 6, 10)))).toEqual({
      general: "in",
      categories: { analytics: true, personalisation: true, advertising: true },
    });
    expect(readConsent(tcf(tcString(1, 5, 6)))).toEqual({
      general: "out",
      categories: { analytics: false, personalisation: true, advertising: false },
    });
    expect(readConsent(tcf(tcString(10))).general).toBe("out");
    // Where the regulation does not apply, the string decides nothing.
    expect(readConsent(tcf("x", false)).general).toBe("in");
  });

  it("takes the strictest of several statements", () => {
    const both = [...adobe("1.0", { general: "in" }), ...adobe("1.0", { general: "out" })];
    expect(readConsent(both).general).toBe("out");
    expect(readConsent(both).categories["analytics"]).toBe(false);
  });

  it.each([
    [[{ standard: "Other", version: "1.0", value: {} }], "adobe.consentStandard"],
    [adobe("3.0", {}), "adobe.consentStandard"],
    [adobe("1.0", {}), "adobe.consentStandard"],
    [adobe("1.0", undefined), "adobe.consentValue"],
    [adobe("1.0", ""), "adobe.consentText"],
    [tcf(""), "adobe.consentText"],
    [tcf("no TC string"), "adobe.consentText"],
    [[], "adobe.consentValue"],
    [undefined, "adobe.consentValue"],
  ])("refuses %j with %s", (consent, code) => {
    expect(() => readConsent(consent)).toThrow(expect.objectContaining({ code }));
  });

  it("of an event comes from its strings; what cannot be read says nothing", () => {
    const strings = (consentStandard: string, consentStandardVersion: string, consentStringValue: unknown) =>
      readConsentStrings({
        consentStrings: [{ consentStandard, consentStandardVersion, consentStringValue, gdprApplies: true }],
      });
    expect(strings("IAB TCF", "2.0", tcString(1, 10))?.general).toBe("in");
    expect(strings("Adobe", "1.0", "general=out")?.general).toBe("out");
    expect(strings("IAB TCF", "2.0", "garbage")).toBeUndefined();
    expect(readConsentStrings({})).toBeUndefined();
  });

  it("of any text is read or refused in no time", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.base64String()),
        (text) =>
          void readConsentStrings({
            consentStrings: [
              {
                consentStandard: "IAB TCF",
                consentStandardVersion: "2.0",
                consentStringValue: text,
                gdprApplies: true,
              },
            ],
          }),
      ),
    );
  });
});
