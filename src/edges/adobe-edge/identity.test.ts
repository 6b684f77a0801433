import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ecidOfFpid, isEcid, mintEcid } from "./ecid.ts";
import { decodeIdentityCookie, encodeIdentityCookie } from "./identity-cookie.ts";
import { resolveEcid } from "./resolve-ecid.ts";
import { consentOf, identityOf, readState } from "./state.ts";

const captured = "CiYxOTczMjQxMDQwNTAzMjUyNTA5MzE0MDAxMDU4MzA1OTcxMjMwN1ISCOer6uCfNBABGAEqA29yMjAA8AHnq-rgnzQ=";
const ecid = "19732410405032525093140010583059712307";
const other = "56020693736160862365677831146848133380";

describe("an ECID", () => {
  it("has 38 digits and is another one each time", () => {
    const minted = new Set(Array.from({ length: 200 }, mintEcid));
    expect(minted.size).toBe(200);
    for (const each of minted) expect(isEcid(each)).toBe(true);
  });

  it("is the same for a first-party id in every process, and another one for another org", () => {
    const fpid = "F09112BB-ec38-4d27-9d25-52e0c1dcb1ac";
    expect(ecidOfFpid("a@AdobeOrg", fpid)).toBe(ecidOfFpid("a@AdobeOrg", ` ${fpid.toLowerCase()} `));
    expect(ecidOfFpid("a@AdobeOrg", fpid)).not.toBe(ecidOfFpid("b@AdobeOrg", fpid));
    expect(isEcid(ecidOfFpid("a@AdobeOrg", fpid))).toBe(true);
  });

  it.each(["0".repeat(38), "1".repeat(37), `${"1".repeat(37)}x`, 7, null])("is not %s", (value) => {
    expect(isEcid(value)).toBe(false);
  });
});

describe("the identity entry", () => {
  it("is written byte for byte as clients have it", () => {
    const decoded = decodeIdentityCookie(captured);
    expect(decoded).toEqual({ ecid, createdAt: 1795230963175, source: 0, writtenAt: 1795230963175 });
    expect(encodeIdentityCookie(decoded!, "or2")).toBe(captured);
  });

  it("comes back from any id, time and source", () => {
    const instants = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(instants, instants, fc.integer({ min: 0, max: 3 }), (createdAt, writtenAt, source) => {
        const cookie = { ecid: mintEcid(), createdAt, writtenAt, source };
        expect(decodeIdentityCookie(encodeIdentityCookie(cookie, "cl1"))).toEqual(cookie);
      }),
    );
  });

  it("is nothing when it is forged, cut off or no such message, and never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.uint8Array().map((b) => Buffer.from(b).toString("base64url")),
        ),
        (text) => {
          const decoded = decodeIdentityCookie(text);
          expect(decoded === undefined || isEcid(decoded.ecid)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
    for (let length = 0; length < captured.length - 2; length += 1)
      expect(() => decodeIdentityCookie(captured.slice(0, length))).not.toThrow();
    expect(decodeIdentityCookie("a".repeat(100_000))).toBeUndefined();
  });
});

describe("a browser's state", () => {
  it("is read from cookies and from entries, for each org", () => {
    const meta = { state: { entries: [{ key: "kndctr_B_AdobeOrg_consent", value: "general=out" }, { key: 1 }, null] } };
    const state = readState(`kndctr_A_AdobeOrg_identity=${captured}; x=1`, meta, undefined);
    expect(state.orgs).toEqual(["A_AdobeOrg", "B_AdobeOrg"]);
    expect(identityOf(state, state.orgs)?.ecid).toBe(ecid);
    expect(consentOf(state, state.orgs)).toBe("out");
    expect(consentOf(state, ["A_AdobeOrg"])).toBeUndefined();
  });

  it("belongs to the org that the header names, and to an older library's only as a guess", () => {
    expect(readState("kndctr_A_AdobeOrg_cluster=or2", {}, "B@AdobeOrg").orgs).toEqual(["B_AdobeOrg"]);
    const legacy = readState("AMCV_C%40AdobeOrg=MCMID|1", {}, undefined);
    expect(legacy).toMatchObject({ orgs: [], olderOrgs: ["C_AdobeOrg"] });
  });

  it("takes no prototype and no flood of names", () => {
    const names = Array.from({ length: 500 }, (_, at) => `kndctr_o${at}_identity=x`).join("; ");
    expect(readState(names, {}, undefined).orgs).toHaveLength(5);
    const state = readState("__proto__=1; constructor=2", { state: { entries: "x" } }, "bad\norg");
    expect(state.orgs).toEqual([]);
    expect(state.cookie("toString")).toBeUndefined();
  });
});

describe("the ECID of a call", () => {
  const cookie = { ecid, createdAt: 1, writtenAt: 1, source: 0 };
  const map = (id: string) => ({ ECID: [{ id, primary: true }] });
  const question = { events: [], map: undefined, cookie: undefined, fpidCookie: undefined, org: "a", mayMint: true };

  it("is the event's, else the call's, else the browser's, else a first-party id's, else a new one", () => {
    const fpid = { FPID: [{ id: "f-1" }] };
    expect(resolveEcid({ ...question, events: [{ identityMap: map(other) }], map: map(ecid), cookie }).ecid).toBe(
      other,
    );
    expect(resolveEcid({ ...question, map: map(other), cookie }).ecid).toBe(other);
    expect(resolveEcid({ ...question, events: [{ identityMap: fpid }], cookie }).ecid).toBe(ecid);
    expect(resolveEcid({ ...question, events: [{ identityMap: fpid }] }).ecid).toBe(ecidOfFpid("a", "f-1"));
    expect(resolveEcid({ ...question, fpidCookie: "f-2" }).ecid).toBe(ecidOfFpid("a", "f-2"));
    expect(isEcid(resolveEcid(question).ecid)).toBe(true);
    expect(resolveEcid({ ...question, mayMint: false }).ecid).toBeUndefined();
  });

  it("is refused when it is no ECID, and none when it is zeros", () => {
    expect(() => resolveEcid({ ...question, events: [{ identityMap: map("123") }] })).toThrow(/38/);
    expect(resolveEcid({ ...question, events: [{ identityMap: map("0".repeat(38)) }], cookie }).ecid).toBe(ecid);
  });
});
