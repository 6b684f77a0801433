import { expect, it } from "vitest";
import type { LiveDefinition } from "../definitions/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import type { Exposure } from "../measurement/index.ts";
import { createDecide, type DecideRequest, type Decider, type PlacedBody } from "./index.ts";

const definition = (key: string, priority: number): LiveDefinition<PlacedBody> => ({
  id: `id-${key}`,
  kind: "block",
  key,
  name: key,
  version: 1,
  scope: { storeViews: null },
  schedule: null,
  window: { fromMs: null, toMs: null },
  body: { placement: "home", priority, audiences: [] },
  updatedAt: 0,
});

function setUp(decide: Decider["decide"], holds: (body: PlacedBody) => boolean = () => true) {
  const exposures: Exposure[] = [];
  const candidates = [definition("first", 1), definition("second", 2)];
  const engine = createDecide({
    deciders: [{ kind: "block", candidates: () => candidates, decide }],
    clock: createFixedClock(1_000),
    logger: createLogger("silent"),
    judge: () => ({ isMember: () => false, explainAudience: () => null, holds, explainRule: () => null }),
    isInWindow: () => true,
    logExposure: (exposure) => exposures.push(exposure),
  });
  const request: DecideRequest = {
    placements: ["home"],
    storeView: "default",
    context: {},
    cart: null,
    items: [],
    categoryPath: null,
    explain: true,
    asOf: null,
    preview: false,
    identityKey: "",
  };
  return { decide: () => engine.decide({ ok: false, reason: "no_identity" }, request), exposures };
}

const shown = (name: string) => ({
  ok: true as const,
  kind: "block",
  value: { name },
  reasons: [],
  skus: [],
  scores: [],
  propensity: 1,
  policy: "priority",
});

it("shows the next definition in line, and says so, when one fails", async () => {
  const { decide, exposures } = setUp(({ key }) => {
    if (key === "first") throw new Error("broken");
    return shown(key);
  });
  const [decision] = (await decide()).decisions;
  expect(decision).toMatchObject({
    value: { name: "second" },
    reasons: [{ code: "everybody" }, { code: "failed", definition: "first" }, { code: "no_identity" }],
    explain: {
      considered: [
        { key: "first", outcome: "failed" },
        { key: "second", outcome: "shown" },
      ],
    },
  });
  expect(exposures.map((exposure) => exposure.definitionId)).toEqual(["id-second"]);
});

it("answers with nothing, and says so, when every definition of a placement fails", async () => {
  const failing = setUp(
    ({ key }) => shown(key),
    () => {
      throw new Error("broken rule");
    },
  );
  const [decision] = (await failing.decide()).decisions;
  expect(decision).toMatchObject({ kind: null, value: null });
  expect(decision?.reasons.map((reason) => reason.code)).toEqual([
    "nothing_eligible",
    "failed",
    "failed",
    "no_identity",
  ]);
  expect(failing.exposures).toEqual([]);
});

it("passes over a definition that has nothing to show", async () => {
  const { decide } = setUp(({ key }) =>
    key === "first" ? { ok: false, reason: { code: "empty", text: "No product" } } : shown(key),
  );
  expect((await decide()).decisions[0]).toMatchObject({
    value: { name: "second" },
    explain: { considered: [{ key: "first", outcome: "empty", reason: { code: "empty" } }, { key: "second" }] },
  });
});
