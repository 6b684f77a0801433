import { expect, it } from "vitest";
import { isScoringDue, isTrainingDue } from "./due.ts";
import type { ModelRun } from "./model.ts";
import { usesOfTrait } from "./trait-uses.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const now = Date.UTC(2026, 5, 1);
const never = { requestedAt: null };
const aRun = (agoMs: number, more: Partial<ModelRun> = {}): ModelRun => ({
  ...{ id: "r", key: "m", purpose: "train", status: "done", stage: "", done: 0, total: 0, startedBy: "schedule" },
  ...{ startedAt: now - agoMs, heartbeatAt: now - agoMs, finishedAt: null, version: 1, error: null },
  ...more,
});
const failed = (agoMs: number) => aRun(agoMs, { status: "failed", version: null });

it.each([
  ["never trained", true, never, []],
  ["trained an hour ago", false, never, [aRun(hourMs)]],
  ["trained a day ago", true, never, [aRun(dayMs)]],
  ["asked for since", true, { requestedAt: now - 1 }, [aRun(hourMs)]],
  ["asked for before", false, { requestedAt: now - 2 * hourMs }, [aRun(hourMs)]],
  ["under way", false, { requestedAt: now }, [aRun(hourMs, { status: "running", heartbeatAt: now - 60_000 })]],
  [
    "without a sign of life for five minutes",
    true,
    never,
    [aRun(hourMs, { status: "running", heartbeatAt: now - 300_000 })],
  ],
  ["too little to learn from an hour ago", true, never, [aRun(hourMs, { version: null })]],
  ["cancelled two hours ago", false, never, [aRun(2 * hourMs, { status: "cancelled", version: null })]],
  ["failed once, half an hour ago", false, never, [failed(hourMs / 2)]],
  ["failed once, an hour ago", true, never, [failed(hourMs)]],
  ["failed three times, three hours ago", false, never, [failed(3 * hourMs), failed(5 * hourMs), failed(6 * hourMs)]],
  ["failed three times, four hours ago", true, never, [failed(4 * hourMs), failed(6 * hourMs), failed(7 * hourMs)]],
] as const)("a model that was %s: due is %s", (_name, isDue, model, runs) => {
  expect(isTrainingDue(model, runs, now, dayMs)).toBe(isDue);
});

it("scores everybody once a day, and when another version serves", () => {
  const scored = (agoMs: number, more: Partial<ModelRun> = {}) => [aRun(agoMs, { purpose: "score", ...more })];
  const live = [{ promotedAt: now - 3 * hourMs }];
  expect(isScoringDue([], [], now, dayMs)).toBe(false);
  expect(isScoringDue(live, [], now, dayMs)).toBe(true);
  expect(isScoringDue(live, scored(2 * hourMs), now, dayMs)).toBe(false);
  expect(isScoringDue(live, scored(4 * hourMs), now, dayMs)).toBe(true);
  expect(isScoringDue(live, scored(dayMs), now, dayMs)).toBe(true);
  // Killed in the middle: what came before counts.
  expect(isScoringDue(live, scored(2 * hourMs, { status: "failed" }), now, dayMs)).toBe(true);
});

it("finds each rule and text that goes by a trait, and none that only begins like it", () => {
  const named = (key: string, body: unknown) => ({ kind: "audience", key, name: key, status: "live", body });
  const uses = usesOfTrait("lookalike_vip", [
    named("rule", { rule: { all: [{ attribute: { path: "profile.lookalike_vip", op: "gte", value: 0.9 } }] } }),
    named("ref", { rule: { attribute: { path: "profile.x", op: "gt", value: { ref: "profile.lookalike_vip" } } } }),
    named("text", { html: "{{ profile.lookalike_vip }}", "a/b": ["profile.lookalike_vip"] }),
    named("other", { rule: { attribute: { path: "profile.lookalike_vips", op: "gte", value: 0.9 } } }),
    named("deeper", { rule: { attribute: { path: "my.profile.lookalike_vip", op: "gte", value: 0.9 } } }),
    named("word", { note: "lookalike_vip", none: null }),
  ]);
  expect(uses.map(({ path }) => path)).toEqual([
    "/audience/rule/rule/all/0/attribute/path",
    "/audience/ref/rule/attribute/value/ref",
    "/audience/text/html",
    "/audience/text/a~1b/0",
  ]);
});
