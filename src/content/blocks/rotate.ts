// Which of several blocks a visitor sees next. Pure: what the visitor saw before comes in and goes out as a state.
import { fnv1a } from "../../kernel/index.ts";

/** What one visitor saw of one rotation. Blocks are told by a hash of their key, which keeps the state short. */
export type RotationState = {
  /** Loads so far: of two states the higher one is the later. */
  readonly count: number;
  /** The block shown last, and its place in the order then. */
  readonly last: number;
  readonly place: number;
  /** Of a shuffle: shown in this round. */
  readonly shown: readonly number[];
};

export type Turn = {
  /** Index into the order. */
  readonly index: number;
  /** Probability with which it was chosen. */
  readonly propensity: number;
  readonly state: RotationState;
};

export type TurnInput = {
  /** Keys of all blocks of the rotation, shown or not, in their order. */
  readonly order: readonly string[];
  /** Whether the visitor may see the block at an index now. */
  readonly isShowable: (index: number) => boolean;
  readonly state: RotationState | undefined;
};

/** How a state names a block. */
export const blockMark = fnv1a;

function turn(
  { order, state }: TurnInput,
  index: number,
  { propensity, shown = [] }: { readonly propensity: number; readonly shown?: readonly number[] },
): Turn {
  const last = blockMark(order[index] ?? "");
  return { index, propensity, state: { count: (state?.count ?? 0) + 1, last, place: index, shown } };
}

/**
 * The next block after the one shown last, in cycles. Where that one has left the order, the block that took its place is next.
 *
 * @returns undefined when the visitor may see none
 */
export function nextInSeries(input: TurnInput): Turn | undefined {
  const { order, isShowable, state } = input;
  const size = order.length;
  const lastAt = state ? order.findIndex((key) => blockMark(key) === state.last) : -1;
  const from = state === undefined ? 0 : lastAt === -1 ? state.place : lastAt + 1;
  for (let step = 0; step < size; step += 1) {
    const index = (from + step) % size;
    if (isShowable(index)) return turn(input, index, { propensity: 1 });
  }
  return undefined;
}

/**
 * Any block that this round has not shown yet. When all were shown a new round begins, not with the block that ended the former one. A
 * block that comes to the rotation belongs to the round under way; one that leaves is forgotten.
 *
 * @param random in [0, 1)
 */
export function nextInShuffle(input: TurnInput, random: () => number): Turn | undefined {
  const { order, isShowable, state } = input;
  const marks = order.map(blockMark);
  const showable = order.flatMap((_, index) => (isShowable(index) ? [index] : []));
  if (showable.length === 0) return undefined;
  const known = new Set(marks);
  const shown = (state?.shown ?? []).filter((mark) => known.has(mark));
  const seen = new Set(shown);
  const left = showable.filter((index) => !seen.has(marks[index] ?? 0));
  if (left.length > 0) return drawn(input, left, shown, random);
  const others = showable.filter((index) => marks[index] !== state?.last);
  return drawn(input, others.length > 0 ? others : showable, [], random);
}

function drawn(
  input: TurnInput,
  from: readonly number[],
  shown: readonly number[],
  random: () => number,
): Turn | undefined {
  const index = from[Math.floor(random() * from.length)];
  if (index === undefined) return undefined;
  const mark = blockMark(input.order[index] ?? "");
  return turn(input, index, { propensity: 1 / from.length, shown: [...shown, mark] });
}

/** Any block, whatever was shown before. */
export function nextAtRandom(input: TurnInput, random: () => number): Turn | undefined {
  const showable = input.order.flatMap((_, index) => (input.isShowable(index) ? [index] : []));
  return showable.length === 0 ? undefined : drawn(input, showable, [], random);
}
