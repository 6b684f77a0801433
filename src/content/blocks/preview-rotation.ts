// What somebody would see of a rotation on their next pages. Leaves no trace: it begins as for a newcomer, and nothing is remembered.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { BlockBody, BlockValue } from "./block.ts";
import type { BlockReason } from "./judge-block.ts";
import { nextAtRandom, nextInSeries, nextInShuffle, type RotationState, type Turn } from "./rotate.ts";
import type { RotationMode } from "./rotation-kind.ts";

/** A block of a rotation, and whether somebody may see it. */
export type Rotating = {
  readonly block: Pick<LiveDefinition<BlockBody>, "key" | "name">;
  /** Undefined = they may not, or there is nothing to show. */
  readonly value: BlockValue | undefined;
  readonly because: BlockReason;
};

export type RotationPreview = {
  readonly shown: boolean;
  readonly reasons: readonly BlockReason[];
  readonly blocks: readonly (Rotating & {
    /** Page views that show it. */
    readonly count: number;
    /** 0 to 1 of the page views. */
    readonly share: number;
  })[];
  /** Keys of the blocks that each page view shows, in order. */
  readonly views: readonly (readonly string[])[];
};

/** Indices that each page view shows; none where nothing may be seen. */
function simulate(
  mode: RotationMode,
  members: readonly Rotating[],
  views: number,
  random: () => number,
): readonly (readonly number[])[] {
  const order = members.map(({ block }) => block.key);
  const isShowable = (at: number): boolean => members[at]?.value !== undefined;
  const showable = order.flatMap((_, at) => (isShowable(at) ? [at] : []));
  if (showable.length === 0) return [];
  let state: RotationState | undefined;
  const next = (): readonly number[] => {
    const input = { order, isShowable, state };
    const turns: Readonly<Record<Exclude<RotationMode, "display_all">, () => Turn | undefined>> = {
      random: () => nextAtRandom(input, random),
      series: () => nextInSeries(input),
      shuffle: () => nextInShuffle(input, random),
    };
    if (mode === "display_all") return showable;
    const turn = turns[mode]();
    state = turn?.state;
    return turn ? [turn.index] : [];
  };
  return Array.from({ length: views }, next);
}

export function previewRotation(
  mode: RotationMode,
  members: readonly Rotating[],
  views: number,
  random: () => number,
): Pick<RotationPreview, "blocks" | "views"> {
  const shown = simulate(mode, members, views, random);
  const counts = members.map((_, at) => shown.filter((view) => view.includes(at)).length);
  return {
    blocks: members.map((member, at) => {
      const count = counts[at] ?? 0;
      return { ...member, count, share: count / views };
    }),
    views: shown.map((view) => view.flatMap((at) => members[at]?.block.key ?? [])),
  };
}
