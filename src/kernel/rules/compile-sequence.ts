import { namesText } from "./compile-event.ts";
import { brokenNode, type CompiledNode, type Scope } from "./compiled.ts";
import { eventLeafOf, missingCode } from "./event-leaf.ts";
import type { EventLeafSpec } from "./event-leaf-spec.ts";
import type { Path, SequenceLeaf, SequenceStep } from "./grammar.ts";
import { type Frame, rowsOf } from "./subject.ts";
import { parseDuration } from "./time.ts";
import { type CompiledWindow, compileWindow, nextRowChange, rowsBefore } from "./window.ts";

type Step = {
  readonly spec: EventLeafSpec;
  readonly withinMs: number;
  readonly between: readonly EventLeafSpec[];
  /** This step's column, the earlier step, and that step's column. */
  readonly same: readonly { readonly column: number; readonly step: number; readonly otherColumn: number }[];
};

/** Steps tried at most for one profile when events are joined by value. */
const maxTries = 100_000;

/** Events in a given order. Two events of the same millisecond are not one after the other. */
export function compileSequence(leaf: SequenceLeaf, scope: Scope): CompiledNode {
  const window = compileWindow(leaf.window, scope.environment.timezone ?? "UTC");
  const sentence = `${leaf.steps.map(({ name }) => namesText(name)).join(", then ")}${window?.words ?? ""}`;
  const paths = leaf.steps.map((_, index) => columnPaths(leaf.steps, index));
  const steps = leaf.steps.map((step, index) => compileStep(step, index, paths, scope));
  const ready = steps.filter((step) => step !== undefined);
  if (!window || ready.length !== leaf.steps.length) {
    return brokenNode("sequence", `${sentence}: it names something that is gone`);
  }
  const joined = ready.some(({ same }) => same.length > 0);
  const test = joined
    ? (frame: Frame): boolean => searchJoined(frame, window, ready)
    : (frame: Frame): boolean => walkSteps(frame, window, ready) === ready.length;
  return {
    test,
    next: (frame) =>
      Math.min(...ready.map(({ spec }) => nextRowChange(frame, window, rowsOf(frame, spec.hash), spec.stride))),
    explain: (frame) => ({ node: "sequence", truth: test(frame), sentence, observed: walkSteps(frame, window, ready) }),
    broken: false,
  };
}

/** Paths of a step whose values other steps are compared with. */
function columnPaths(steps: readonly SequenceStep[], index: number): readonly Path[] {
  const own = steps[index]?.same?.map(({ path }) => path) ?? [];
  const asked = steps.flatMap(({ same }) => same?.filter(({ step }) => step === index) ?? []);
  return [...new Set([...own, ...asked.map(({ otherPath }) => otherPath)])].sort();
}

function compileStep(
  step: SequenceStep,
  index: number,
  paths: readonly (readonly Path[])[],
  scope: Scope,
): Step | undefined {
  const own = paths[index] ?? [];
  // One column alone would give no row for a missing value, which is right: `same` asks for both to be present.
  const { spec, broken } = eventLeafOf(
    step.name,
    step.where,
    own.map((path) => ({ kind: "code", path })),
    scope,
  );
  const withinMs = step.within === undefined ? Number.POSITIVE_INFINITY : parseDuration(step.within);
  const between = (step.notBetween ?? []).map(({ name, where }) => eventLeafOf(name, where, [], scope));
  if (broken || withinMs === undefined || between.some((each) => each.broken)) return undefined;
  const same = (step.same ?? []).map((each) => ({
    column: 1 + own.indexOf(each.path),
    step: each.step,
    otherColumn: 1 + (paths[each.step] ?? []).indexOf(each.otherPath),
  }));
  return { spec, withinMs, between: between.map((each) => each.spec), same };
}

function isClear(frame: Frame, between: readonly EventLeafSpec[], from: number, to: number): boolean {
  return between.every(({ hash }) => {
    const times = rowsOf(frame, hash);
    return rowsBefore(times, 1, from, true) >= rowsBefore(times, 1, to, false);
  });
}

/**
 * Steps that can be filled, first to last. Without joins the latest earlier event that fits is always the best partner:
 * it makes both the gap and the room for forbidden events smallest.
 */
function walkSteps(frame: Frame, window: CompiledWindow, steps: readonly Step[]): number {
  const low = window.low(frame);
  const high = window.high(frame);
  let ends: number[] | undefined;
  for (const [index, step] of steps.entries()) {
    const rows = rowsOf(frame, step.spec.hash);
    const { stride } = step.spec;
    const reached: number[] = [];
    let partner = -1;
    for (let at = rowsBefore(rows, stride, low, false) * stride; at < rows.length; at += stride) {
      const time = rows[at] ?? 0;
      if (time > high) break;
      if (ends === undefined) {
        reached.push(time);
        continue;
      }
      while ((ends[partner + 1] ?? Number.POSITIVE_INFINITY) < time) partner += 1;
      const from = ends[partner];
      if (from !== undefined && time - from <= step.withinMs && isClear(frame, step.between, from, time))
        reached.push(time);
    }
    if (reached.length === 0) return index;
    ends = reached;
  }
  return steps.length;
}

function searchJoined(frame: Frame, window: CompiledWindow, steps: readonly Step[]): boolean {
  const low = window.low(frame);
  const high = window.high(frame);
  const chosen: number[] = [];
  let tries = 0;

  function fits(step: Step, rows: readonly number[], at: number, previous: number | undefined): boolean {
    const time = rows[at] ?? 0;
    if (previous !== undefined) {
      if (time - previous > step.withinMs || !isClear(frame, step.between, previous, time)) return false;
    }
    return step.same.every(({ column, step: other, otherColumn }) => {
      const otherSpec = steps[other]?.spec;
      const value = rows[at + column];
      if (!otherSpec || value === undefined || value === missingCode) return false;
      return rowsOf(frame, otherSpec.hash)[(chosen[other] ?? 0) + otherColumn] === value;
    });
  }

  function search(index: number, previous: number | undefined): boolean {
    const step = steps[index];
    if (!step) return true;
    const rows = rowsOf(frame, step.spec.hash);
    const { stride } = step.spec;
    const first =
      previous === undefined ? rowsBefore(rows, stride, low, false) : rowsBefore(rows, stride, previous, true);
    for (let at = first * stride; at < rows.length; at += stride) {
      const time = rows[at] ?? 0;
      tries += 1;
      if (time > high || tries > maxTries) return false;
      if (previous !== undefined && time - previous > step.withinMs) return false;
      if (!fits(step, rows, at, previous)) continue;
      chosen[index] = at;
      if (search(index + 1, time)) return true;
    }
    return false;
  }

  return search(0, undefined);
}
