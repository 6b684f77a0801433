import { describe, expect, it } from "vitest";
import { readFixture } from "../../testing/rules/fixtures.ts";
import { type ConditionCase, translateCondition } from "../../testing/rules/translate-condition.ts";
import {
  catalogOfCase,
  isInReach,
  type SegmentCase,
  subjectOfCase,
  translateSegment,
} from "../../testing/rules/translate-segment.ts";
import { compileRule } from "./compile.ts";
import { requireRule } from "./validate.ts";

const segments = readFixture<readonly SegmentCase[]>("promotions/segments.json");
const conditions = readFixture<{ readonly cases: readonly ConditionCase[] }>("experiments/conditions.json");
const reason = "fixtures folder not found; set CLIENTELE_FIXTURES";

describe.skipIf(segments === null)(`segment cases${segments ? "" : ` (${reason})`}`, () => {
  it.each((segments ?? []).map((each) => [each.name, each] as const))("%s", (_name, fixture) => {
    const catalog = catalogOfCase(fixture);
    const rule = requireRule(translateSegment(fixture), { catalog, use: "audience", timezone: fixture.timezone });
    const compiled = compileRule(rule, { catalog, timezone: fixture.timezone });
    const subject = subjectOfCase(fixture);
    const now = Date.parse(fixture.now);
    const matches = isInReach(fixture) && compiled.test(subject, now);
    expect(matches).toBe(fixture.expected.matches);
    expect(compiled.broken).toBe(false);
    expect(compiled.explain(subject, now).truth).toBe(compiled.test(subject, now));
  });
});

describe.skipIf(conditions === null)(`targeting conditions${conditions ? "" : ` (${reason})`}`, () => {
  it.each((conditions?.cases ?? []).map((each) => [`${each.id} ${each.group}`, each] as const))(
    "%s",
    (_name, fixture) => {
      const { rule, catalog } = translateCondition(fixture.input.condition);
      const lists = fixture.input.savedGroups ?? {};
      const compiled = compileRule(requireRule(rule, { catalog, use: "experiment" }), {
        catalog,
        listValues: (id) => lists[id],
      });
      expect(compiled.test({ context: fixture.input.attributes }, 0)).toBe(fixture.expect.match);
    },
  );
});
