import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DesiredMember, desiredMembers, type Person } from "./desired-members.ts";
import { planChanges, type ToldMember } from "./plan-changes.ts";

const profiles = ["p1", "p2", "p3"] as const;
const values = ["a", "b", "c", "d"] as const;
const fixed = { namespace: "email", since: 0, version: 1 } as const;

const desiredOf = (owners: readonly (string | null)[]): readonly DesiredMember[] =>
  owners.flatMap((profileId, index) =>
    profileId === null ? [] : [{ ...fixed, value: values[index] ?? "", profileId }],
  );

describe("the plan of a copy", () => {
  it("makes any copy equal to what it should be, and tells nothing of what is right already", () => {
    const told = fc.array(
      fc.record({
        profileId: fc.constantFrom(...profiles, null),
        state: fc.constantFrom("sending" as const, "sent" as const),
        isThere: fc.boolean(),
      }),
      { minLength: 4, maxLength: 4 },
    );
    const owners = fc.array(fc.constantFrom(...profiles, null), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(told, owners, fc.subarray([...profiles], { minLength: 1 }), (known, wanted, looked) => {
        const ids = new Set<string>(looked);
        // What is written down is a superset of what is there: entries are noted before they are told.
        const rows = known.map(({ profileId, state }, index): ToldMember => {
          return { ...fixed, value: values[index] ?? "", profileId, state, deadOp: null };
        });
        const there = new Set(
          rows.filter(({ state }, index) => state === "sent" || known[index]?.isThere).map(({ value }) => value),
        );
        const desired = desiredOf(wanted).filter(({ profileId }) => ids.has(profileId));
        const keys = new Set(desired.map(({ value }) => value));
        const given = rows.filter(
          ({ profileId, value }) => profileId === null || ids.has(profileId) || keys.has(value),
        );
        const { changes } = planChanges(desired, given, ids);
        const copy = new Set(there);
        for (const { op, value } of changes) {
          if (op === "exited") copy.delete(value);
          else copy.add(value);
        }
        for (const { value } of desired) expect(copy.has(value)).toBe(true);
        for (const { value, profileId } of given)
          if (!keys.has(value) && (profileId === null || ids.has(profileId))) expect(copy.has(value)).toBe(false);
        // Nobody else's identifiers are touched, and nothing is told twice.
        const untouched = rows.filter((row) => !given.includes(row)).map(({ value }) => value);
        for (const value of untouched) expect(changes.some((change) => change.value === value)).toBe(false);
        const sent = new Set(given.filter(({ state }) => state === "sent").map(({ value }) => value));
        expect(changes.filter(({ op, value }) => op === "entered" && sent.has(value))).toEqual([]);
      }),
    );
  });

  it("tells everybody again for a full copy", () => {
    const desired = desiredOf(["p1", "p2", null, null]);
    const told = desired.map((member): ToldMember => ({ ...member, state: "sent", deadOp: null }));
    expect(planChanges(desired, told, new Set(profiles), true).changes).toHaveLength(2);
    expect(planChanges(desired, told, new Set(profiles)).changes).toEqual([]);
  });

  it("leaves a refused exit alone until it is replayed, and tells an entry over it", () => {
    const dead: ToldMember = { ...fixed, value: "a", profileId: "p1", state: "dead", deadOp: "exited" };
    expect(planChanges([], [dead], new Set(profiles)).changes).toEqual([]);
    expect(planChanges(desiredOf(["p1"]), [dead], new Set(profiles)).changes).toMatchObject([{ op: "entered" }]);
  });
});

describe("what leaves of a person", () => {
  const person: Person = {
    profileId: "0190aaaa-0000-7000-8000-000000000009",
    membership: { since: 0, version: 1 },
    consents: { marketing: { status: "granted", at: 0, source: "form", expiresAt: 100 } },
    identifiers: [
      { namespace: "email", value: "a@example.com", validFrom: 0, validTo: null, verified: true },
      { namespace: "email", value: "old@example.com", validFrom: 0, validTo: 5, verified: true },
      { namespace: "user_id", value: "x".repeat(600), validFrom: 0, validTo: null, verified: true },
      { namespace: "anonymous_id", value: "device", validFrom: 0, validTo: null, verified: true },
    ],
  };
  const config = {
    identifiers: ["email", "user_id", "anonymous_id", "profile_id"].map((namespace) => ({ namespace, hash: false })),
    consent: { categories: ["marketing"], unset: "default" as const },
  };
  const valuesOf = (isSuppressed: (value: string) => boolean, nowMs = 50) =>
    desiredMembers(person, config, ({ value }) => isSuppressed(value), nowMs).map(({ value }) => value);

  it("is what they own now, without values that no database takes as a key", () => {
    expect(valuesOf(() => false)).toEqual(["a@example.com", "device", person.profileId]);
  });
  it("is nothing once their consent has expired", () => {
    expect(valuesOf(() => false, 101)).toEqual([]);
  });
  it("is nothing when their address is suppressed, and not the device when only that is", () => {
    expect(valuesOf((value) => value === "a@example.com")).toEqual([]);
    expect(valuesOf((value) => value === "device")).toEqual(["a@example.com", person.profileId]);
  });
});
