import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areSameAccounts, foldAccounts, keptAccounts, mergeAccounts } from "./fold-accounts.ts";
import type { ProfileState } from "./profile.ts";

type Accounts = ProfileState["accounts"];
const joins = fc.array(
  fc.tuple(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.integer({ min: 0, max: 99 })),
);
const fold = (list: readonly (readonly [string, number])[]): Accounts =>
  list.reduce<Accounts>((accounts, [id, at]) => foldAccounts(accounts, id, at), undefined);

describe("the accounts of a profile", () => {
  it("are the same in any order and any split over profiles that merge", () => {
    fc.assert(
      fc.property(joins, joins, (a, b) => {
        const whole = fold([...a, ...b]);
        expect(fold([...b, ...a].reverse())).toEqual(whole);
        expect(mergeAccounts(fold(a), fold(b))).toEqual(whole);
        expect(mergeAccounts(fold(b), fold(a))).toEqual(whole);
        expect(new Set(Object.keys(whole ?? {}))).toEqual(new Set([...a, ...b].map(([id]) => id)));
      }),
    );
  });

  it("are the newest twenty", () => {
    const many = Array.from({ length: keptAccounts + 5 }, (_, at) => [`account-${at}`, at] as const);
    const kept = fold(many) ?? {};
    expect(Object.keys(kept)).toHaveLength(keptAccounts);
    expect(kept).not.toHaveProperty("account-4");
    expect(kept).toHaveProperty("account-5");
  });

  it("take nothing but a text of bounded length", () => {
    const known = fold([["a", 1]]);
    for (const bad of [undefined, null, 7, "", "x".repeat(256), { id: "a" }])
      expect(foldAccounts(known, bad, 5)).toBe(known);
    expect(foldAccounts(known, "a", 0)).toBe(known);
    expect(areSameAccounts(known, foldAccounts(known, "a", 9))).toBe(true);
    expect(areSameAccounts(known, foldAccounts(known, "b", 9))).toBe(false);
  });
});
