import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProfileState } from "../profiles/index.ts";
import { mergeStates } from "../profiles/merge-states.ts";
import { anAudience, anEvent, aState, dayMs, hourMs, noon } from "../testing/audiences/builders.ts";
import { shopCatalog, shopRules } from "../testing/audiences/shoppers.ts";
import { type AudienceSet, buildAudienceSet } from "./audience-set.ts";
import { boundExits, keptEndedExits } from "./exits.ts";
import { type Judgement, judgeProfile } from "./judge-profile.ts";
import { applyEvent, type LeafFill, toFill } from "./leaf-state.ts";
import { subjectOf } from "./shop-subject.ts";

const minuteMs = 60_000;
const fillOf = (hash: string): LeafFill => toFill(hash, 0, true);
const active = anAudience(1, "active", { event: { name: "ping", window: { last: "1h" } } });
const quiet = anAudience(2, "quiet", { audience: { id: "active", member: false, for: "2h" } });
const setOf = (...audiences: Parameters<typeof buildAudienceSet>[0]): AudienceSet =>
  buildAudienceSet(audiences, { rules: shopRules, servedOf: () => null, isReady: () => true });
const both = setOf(quiet, active);
const profileId = "018f0000-0000-7000-8000-000000000001";
const options = { currency: "USD", catalog: shopCatalog, isReady: () => true, fillOf };

function judged(
  state: ProfileState,
  createdAt: number,
  nowMs: number,
  set = both,
): { readonly state: ProfileState; readonly result: Judgement } {
  const result = judgeProfile({ profileId, state, createdAt, identifiers: [] }, set, { ...options, nowMs });
  return { state: { ...state, memberships: result.memberships, exits: result.exits }, result };
}

function pinged(state: ProfileState, at: number): ProfileState {
  const context = { index: both.leafIndex, fillOf, isKept: () => true, productOf: () => undefined };
  return { ...state, leaves: applyEvent(state.leaves, anEvent("ping", at), context) };
}

describe("not a member for a while", () => {
  it("is counted from the last exit, else from the creation: as events come, as time passes, and for an audience that is new", () => {
    let exitsThatMattered = 0;
    const gaps = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 300 }), (minutes, age) => {
        const createdAt = noon - age * minuteMs;
        let [now, due, state] = [noon, noon as number | null, aState({ firstSeenAt: createdAt })];
        let lastExit: number | undefined;
        const judge = (at: number): void => {
          const { state: after, result } = judged(state, createdAt, at);
          for (const each of result.transitions) if (each.audienceId === active.id && !each.entered) lastExit = each.at;
          [state, due] = [after, result.nextChangeAt];
        };
        const passTo = (at: number): void => {
          while (due !== null && due <= at) judge(due);
          now = at;
        };
        for (const gap of minutes) {
          const from = now;
          // Read between the events, without judging: what is stored has to be right at every instant.
          for (let part = 1; part <= 4; part += 1) {
            passTo(from + Math.floor((gap * minuteMs * part) / 4));
            const isActive = Object.hasOwn(state.memberships, active.id);
            const outside = lastExit ?? createdAt;
            const expected = !isActive && now - outside >= 2 * hourMs;
            if (expected !== (!isActive && now - createdAt >= 2 * hourMs)) exitsThatMattered += 1;
            expect(Object.hasOwn(state.memberships, quiet.id)).toBe(expected);
            // Published only now: everybody is judged by it from what the profile knows.
            const { [quiet.id]: _forgotten, ...memberships } = state.memberships;
            const fresh = judged({ ...state, memberships }, createdAt, now);
            expect(Object.hasOwn(fresh.state.memberships, quiet.id)).toBe(expected);
            const subject = subjectOf(
              { profileId, state, createdAt, identifiers: [] },
              { ...options, nowMs: now, audienceId: (reference) => both.byReference.get(reference)?.id },
            );
            expect(both.byReference.get("quiet")?.rule.explain(subject, now)).toMatchObject({
              truth: expected,
              observed: isActive ? null : outside,
            });
          }
          state = pinged(state, now);
          judge(now);
        }
      }),
      { numRuns: process.env["CLIENTELE_TEST_LONG"] ? 3_000 : 200 },
    );
    expect(exitsThatMattered).toBeGreaterThan(50);
  });

  it("begins anew when somebody enters once more", () => {
    const state = aState({ exits: { [active.id]: noon - dayMs } });
    const inside = judged(pinged(state, noon), noon - 9 * dayMs, noon);
    expect(inside.state.exits).toBeUndefined();
    const outside = judged(inside.state, noon - 9 * dayMs, noon + 2 * hourMs);
    expect(outside.state.exits).toEqual({ [active.id]: noon + 2 * hourMs });
    expect(outside.state.memberships).toEqual({});
    expect(outside.result.nextChangeAt).toBe(noon + 4 * hourMs);
  });

  it("takes the newest exit when two profiles become one", () => {
    const [a, b] = [
      { x: 5, y: 9 },
      { x: 7, z: 1 },
    ].map((exits) => aState({ exits }));
    const merged = mergeStates(a as ProfileState, b as ProfileState);
    expect(merged.exits).toEqual({ x: 7, y: 9, z: 1 });
    expect(mergeStates(b as ProfileState, a as ProfileState).exits).toEqual(merged.exits);
    expect(mergeStates(aState(), aState()).exits).toBeUndefined();
  });

  it("counts the end of an audience as an exit, and keeps a few of those only", () => {
    const inside = aState({ memberships: { [active.id]: { since: 5, version: 1 } } });
    expect(judged(inside, 0, noon, setOf(quiet)).state.exits).toEqual({ [active.id]: noon });
    const many = Object.fromEntries(Array.from({ length: keptEndedExits + 5 }, (_, at) => [`gone-${at}`, at]));
    const kept = boundExits({ ...many, live: 0 }, (id) => id === "live") ?? {};
    expect(Object.keys(kept)).toHaveLength(keptEndedExits + 1);
    expect(kept).toMatchObject({ live: 0, "gone-5": 5 });
    expect(Object.hasOwn(kept, "gone-4")).toBe(false);
  });
});
