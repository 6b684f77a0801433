// All published blocks and rotations that nobody can see, or of which something keeps a part from being seen.

import type { LiveDefinition } from "../../definitions/index.ts";
import { createTurn } from "../../kernel/index.ts";
import type { BlockBody } from "./block.ts";
import { findCovered } from "./find-covered.ts";
import type { BlockLinks } from "./judge-block.ts";
import type { RotationBody } from "./rotation-kind.ts";
import {
  isForNobody,
  liveNames,
  type VisibilityInput,
  type VisibilityWarning,
  visibilityWarnings,
} from "./visibility.ts";

export type SurveyedBlock = {
  readonly kind: "block" | "block-rotation";
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly placement: string;
  /** Nobody can see it. */
  readonly nobody: boolean;
  readonly warnings: readonly VisibilityWarning[];
};

export type SurveyDeps = Pick<VisibilityInput, "contradictionOf"> & {
  readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
  readonly linksOf: (block: LiveDefinition<BlockBody>) => BlockLinks;
  readonly isEmptyAudience: (reference: string) => Promise<boolean>;
  /** Store views that are known; empty = it is not known which there are. */
  readonly storeViews: () => readonly string[];
  readonly now: () => number;
  readonly today: () => string;
};

/** Those without a warning are left out; those that nobody sees come first, then by key. */
export async function surveyBlocks(deps: SurveyDeps): Promise<readonly SurveyedBlock[]> {
  const blocks = deps.live<BlockBody>("block");
  const rotations = deps.live<RotationBody>("block-rotation");
  const [nowMs, today, names] = [deps.now(), deps.today(), liveNames(deps.live)];
  const covered = findCovered({ blocks, rotations, linksOf: deps.linksOf, nowMs });
  const empty = await emptyAudiences(blocks, names.isAudience, deps.isEmptyAudience);
  const known = new Set(deps.storeViews());
  const byKey = new Map(blocks.map((block) => [block.key, block]));
  const hidden = new Set<string>();
  const found: SurveyedBlock[] = [];
  const note = (
    kind: SurveyedBlock["kind"],
    { id, key, name, body }: LiveDefinition<{ readonly placement: string }>,
    warnings: readonly VisibilityWarning[],
  ) => {
    if (warnings.length === 0) return;
    const nobody = warnings.some(({ hides }) => hides);
    if (nobody) hidden.add(key);
    found.push({ ...{ kind, id, key, name, nobody, warnings }, placement: body.placement });
  };
  const turn = createTurn();
  for (const block of blocks) {
    const input = { ...deps, ...block, links: deps.linksOf(block), isLive: true, nowMs, today, names };
    const before = covered.get(block.id);
    note("block", block, [
      ...visibilityWarnings(input),
      ...scopeWarnings(block.scope, known),
      ...(isForNobody(block.body, { isAudience: names.isAudience, isEmpty: (key) => empty.has(key) })
        ? [{ code: "no_members", text: "Nobody is in its audiences now", hides: true }]
        : []),
      ...(before
        ? [
            {
              code: "covered",
              text: `At ${block.body.placement} the block ${before.name} comes first and is for everybody; only clients that ask for all blocks get this one`,
              hides: false,
            },
          ]
        : []),
    ]);
    await turn();
  }
  for (const rotation of rotations) {
    const { source, blocks: members = [] } = rotation.body;
    const isShown = ({ key, scope }: LiveDefinition<BlockBody>) =>
      !hidden.has(key) && meets(scope.storeViews, rotation.scope.storeViews);
    const some =
      source === "specified"
        ? members.some((key) => {
            const block = byKey.get(key);
            return block !== undefined && isShown(block);
          })
        : blocks.some((block) => {
            const { cartRules, catalogRules } = deps.linksOf(block);
            return (source === "cart_price_rules" ? cartRules : catalogRules).length > 0 && isShown(block);
          });
    note("block-rotation", rotation, [
      ...scopeWarnings(rotation.scope, known),
      ...(some
        ? []
        : [{ code: "no_blocks", text: "None of its blocks can be seen by anybody in its store views", hides: true }]),
    ]);
  }
  return found.sort((a, b) => Number(b.nobody) - Number(a.nobody) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function meets(a: readonly string[] | null, b: readonly string[] | null): boolean {
  return a === null || b === null || a.some((view) => b.includes(view));
}

function scopeWarnings(
  { storeViews }: LiveDefinition<unknown>["scope"],
  known: ReadonlySet<string>,
): readonly VisibilityWarning[] {
  if (storeViews === null || known.size === 0 || storeViews.some((view) => known.has(view))) return [];
  const text = `None of its store views is known: ${storeViews.join(", ")}`;
  return [{ code: "store_views_unknown", text, hides: true }];
}

const maxAudiences = 1_000;

async function emptyAudiences(
  blocks: readonly LiveDefinition<BlockBody>[],
  isAudience: (key: string) => boolean,
  isEmpty: SurveyDeps["isEmptyAudience"],
): Promise<ReadonlySet<string>> {
  const named = new Set(blocks.flatMap(({ body }) => [...body.audiences, ...(body.externalAudiences ?? [])]));
  const empty = new Set<string>();
  for (const key of [...named].filter(isAudience).slice(0, maxAudiences)) if (await isEmpty(key)) empty.add(key);
  return empty;
}
