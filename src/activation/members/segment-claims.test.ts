import { expect, it } from "vitest";
import { noAuth } from "../../http/index.ts";
import { createFixedClock, newId } from "../../kernel/index.ts";
import { emptyState, type FoundProfile, type Profile } from "../../profiles/index.ts";
import { createSegmentClaims, type SegmentOutcome } from "./segment-claims.ts";

const now = Date.parse("2026-03-10T12:00:00Z");
const auth = { ...noAuth, kind: "write-key" as const, id: newId(), identitySecret: "shop-secret" };
const unknown: FoundProfile = { ok: false, reason: "unknown" };

function profileWith(audienceIds: readonly string[]): Profile {
  const memberships = Object.fromEntries(audienceIds.map((id) => [id, { since: now - 1_000, version: 2 }]));
  return {
    profileId: newId(),
    version: 1,
    createdAt: now,
    identifiers: [],
    state: { ...emptyState(now), memberships },
  };
}

function setUp(stored: FoundProfile, isSuppressed = false) {
  const outcomes: SegmentOutcome[] = [];
  const asked: object[] = [];
  const claims = createSegmentClaims({
    find: async (claim) => {
      asked.push(claim);
      return stored;
    },
    secretOf: (id) => (id === auth.id ? auth.identitySecret : undefined),
    idOf: (key) => (key === "gone" ? undefined : `id-${key}`),
    devicesOf: () => [],
    isSuppressed: () => isSuppressed,
    count: (outcome) => outcomes.push(outcome),
    clock: createFixedClock(now),
  });
  const honour = (list: string, found: FoundProfile = unknown) => {
    const request = { auth, headers: { "aep-segments-membership": list } };
    // All that is read of a request.
    return claims.honour(request as never, { claim: { anonymousId: "d-1" }, provenCustomerId: null }, found);
  };
  const sign = (...keys: string[]) => [...keys, claims.sign(auth, "anonymous_id:d-1", keys)].join(",");
  return { honour, sign, outcomes, asked };
}
const membershipsOf = (found: FoundProfile) => (found.ok ? Object.keys(found.profile.state.memberships) : null);

it("gives only what still holds for a visitor whose profile is there", async () => {
  const { honour, sign, asked } = setUp({ ok: true, profile: profileWith(["id-vip", "id-other"]), by: "x" });
  expect(membershipsOf(await honour(sign("vip", "former")))).toEqual(["id-vip"]);
  // The device that the list names is looked up, whatever else the call says of itself.
  expect(asked).toEqual([{ devices: [{ namespace: "anonymous_id", value: "d-1" }] }]);
});

it("gives what was signed, of live audiences, where nothing is known any more", async () => {
  const { honour, sign, outcomes } = setUp(unknown);
  expect(membershipsOf(await honour(sign("vip", "gone")))).toEqual(["id-vip"]);
  expect(outcomes).toEqual(["accepted"]);
});

it("gives nothing to a person who was erased and is suppressed", async () => {
  const { honour, sign, outcomes } = setUp(unknown, true);
  expect(await honour(sign("vip"))).toBe(unknown);
  expect(outcomes).toEqual(["refused"]);
});

it("adds nothing to a visitor whom the server knows by itself", async () => {
  const { honour, sign, outcomes } = setUp(unknown);
  const found: FoundProfile = { ok: true, profile: profileWith(["id-a"]), by: "anonymous_id" };
  expect(await honour(sign("vip"), found)).toBe(found);
  expect(await honour("vip", found)).toBe(found);
  expect(outcomes).toEqual(["resolved", "unsigned"]);
});

it("never hands on the profile of the person behind the list", async () => {
  const { honour, sign } = setUp({ ok: true, profile: profileWith(["id-vip"]), by: "x" });
  expect(await honour(sign("vip"))).toMatchObject({
    ok: true,
    by: "signed_segments",
    profile: { profileId: "", identifiers: [] },
  });
});

it("is not signed for a caller without a secret, nor for a visitor without audiences", () => {
  const { sign } = setUp(unknown);
  expect(sign()).toBe("");
});
