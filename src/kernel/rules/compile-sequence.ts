import { namesText } from "./compile-event.ts";
import { brokenNode, type CompiledNode, type Scope } from "./compiled.ts";
import { eventLeafOf, missingCode } from "./event-leaf.ts";
import type { Column, EventLeafSpec } from "./event-leaf-spec.ts";
import { compareRows, orderCells } from "./event-order.ts";
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

const orderColumn: Column = { kind: "order", path: "event" };

/** An event in the rows of a leaf. */
type Place = { readonly rows: readonly number[]; readonly at: number };
/** Numbers of a row that say when the event was, down to its place within the millisecond. */
const placeCells = 1 + orderCells;

/** Events in a given order; see `event-order.ts` for those of one millisecond. */
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
  const { spec, broken } = eventLeafOf(
    step.name,
    step.where,
    [orderColumn, ...own.map((path) => ({ kind: "code" as const, path }))],
    scope,
  );
  const withinMs = step.within === undefined ? Number.POSITIVE_INFINITY : parseDuration(step.within);
  const between = (step.notBetween ?? []).map(({ name, where }) => eventLeafOf(name, where, [orderColumn], scope));
  if (broken || withinMs === undefined || between.some((each) => each.broken)) return undefined;
  const same = (step.same ?? []).map((each) => ({
    column: placeCells + own.indexOf(each.path),
    step: each.step,
    otherColumn: placeCells + (paths[each.step] ?? []).indexOf(each.otherPath),
  }));
  return { spec, withinMs, between: between.map((each) => each.spec), same };
}

const timeOf = ({ rows, at }: Place): number => rows[at] ?? 0;

/** Rows at the front that come before an event, or are the event itself with `inclusive`. */
function rowsUpTo(rows: readonly number[], stride: number, place: Place, inclusive: boolean): number {
  let low = 0;
  let high = rows.length / stride;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareRows(rows, middle * stride, place.rows, place.at, placeCells);
    if (order < 0 || (inclusive && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isClear(frame: Frame, between: readonly EventLeafSpec[], from: Place, to: Place): boolean {
  return between.every(({ hash, stride }) => {
    const rows = rowsOf(frame, hash);
    return rowsUpTo(rows, stride, from, true) >= rowsUpTo(rows, stride, to, false);
  });
}

/**
 * Steps that can be filled, first to last. Without joins the latest earlier event that fits is always the best partner:
 * it makes both the gap and the room for forbidden events smallest.
 */
function walkSteps(frame: Frame, window: CompiledWindow, steps: readonly Step[]): number {
  const low = window.low(frame);
  const high = window.high(frame);
  let ends: Place[] | undefined;
  for (const [index, step] of steps.entries()) {
    const rows = rowsOf(frame, step.spec.hash);
    const { stride } = step.spec;
    const reached: Place[] = [];
    let partner = -1;
    for (let at = rowsBefore(rows, stride, low, false) * stride; at < rows.length; at += stride) {
      const place = { rows, at };
      if (timeOf(place) > high) break;
      if (ends === undefined) {
        reached.push(place);
        continue;
      }
      for (let next = ends[partner + 1]; next && isBefore(next, place); next = ends[partner + 1]) partner += 1;
      const from = ends[partner];
      if (from && timeOf(place) - timeOf(from) <= step.withinMs && isClear(frame, step.between, from, place))
        reached.push(place);
    }
    if (reached.length === 0) return index;
    ends = reached;
  }
  return steps.length;
}

const isBefore = (a: Place, b: Place): boolean => compareRows(a.rows, a.at, b.rows, b.at, placeCells) < 0;

function searchJoined(frame: Frame, window: CompiledWindow, steps: readonly Step[]): boolean {
  const low = window.low(frame);
  const high = window.high(frame);
  const chosen: number[] = [];
  let tries = 0;

  function fits(step: Step, place: Place, previous: Place | undefined): boolean {
    if (previous && !isClear(frame, step.between, previous, place)) return false;
    return step.same.every(({ column, step: other, otherColumn }) => {
      const otherSpec = steps[other]?.spec;
      const value = place.rows[place.at + column];
      if (!otherSpec || value === undefined || value === missingCode) return false;
      return rowsOf(frame, otherSpec.hash)[(chosen[other] ?? 0) + otherColumn] === value;
    });
  }

  function search(index: number, previous: Place | undefined): boolean {
    const step = steps[index];
    if (!step) return true;
    const rows = rowsOf(frame, step.spec.hash);
    const { stride } = step.spec;
    const first =
      previous === undefined ? rowsBefore(rows, stride, low, false) : rowsUpTo(rows, stride, previous, true);
    for (let at = first * stride; at < rows.length; at += stride) {
      const place = { rows, at };
      const time = timeOf(place);
      tries += 1;
      if (time > high || tries > maxTries) return false;
      if (previous && time - timeOf(previous) > step.withinMs) return false;
      if (!fits(step, place, previous)) continue;
      chosen[index] = at;
      if (search(index + 1, place)) return true;
    }
    return false;
  }

  return search(0, undefined);
}
