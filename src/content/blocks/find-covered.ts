// Blocks that never get their turn: another one at their placement comes first and is for everybody.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { BlockBody } from "./block.ts";
import type { BlockLinks } from "./judge-block.ts";
import type { RotationBody } from "./rotation-kind.ts";

type Block = LiveDefinition<BlockBody>;
type Input = {
  readonly blocks: readonly Block[];
  readonly rotations: readonly LiveDefinition<RotationBody>[];
  readonly linksOf: (block: Block) => BlockLinks;
  readonly nowMs: number;
};

/**
 * The order is that of decisions: lower priority first, then the key.
 *
 * @returns blocks by id with the block that always takes their place. A block of a live rotation has another way to be seen.
 */
export function findCovered({ blocks, rotations, linksOf, nowMs }: Input): ReadonlyMap<string, Block> {
  const isTied = (block: Block): boolean => {
    const { cartRules, catalogRules } = linksOf(block);
    return cartRules.length + catalogRules.length > 0;
  };
  const firstOf = new Map<string, Block[]>();
  for (const block of blocks) {
    if (!isForEverybody(block, nowMs) || isTied(block)) continue;
    const { placement } = block.body;
    firstOf.set(placement, [...(firstOf.get(placement) ?? []), block]);
  }
  const rotating = new Set(rotations.flatMap(({ body }) => body.blocks ?? []));
  const takesTied = rotations.some(({ body }) => body.source !== "specified");
  const covered = new Map<string, Block>();
  for (const block of blocks) {
    if (rotating.has(block.key) || (takesTied && isTied(block))) continue;
    const before = firstOf
      .get(block.body.placement)
      ?.find((each) => each !== block && isBefore(each, block) && isWider(each, block));
    if (before) covered.set(block.id, before);
  }
  return covered;
}

function isBefore(a: Block, b: Block): boolean {
  return a.body.priority < b.body.priority || (a.body.priority === b.body.priority && a.key < b.key);
}

/** Whoever comes, now and later; with nothing in it that might be missing: a placeholder's value, a picture's rights. */
function isForEverybody({ body, window }: Block, nowMs: number): boolean {
  const { audiences, externalAudiences = [], rule, html, json } = body;
  if (audiences.length + externalAudiences.length > 0 || rule !== undefined) return false;
  if (window.toMs !== null || (window.fromMs !== null && window.fromMs > nowMs)) return false;
  return (html !== undefined || json !== undefined) && !/\{\{|asset:/.test(JSON.stringify(body));
}

function isWider(first: Block, block: Block): boolean {
  const [outer, inner] = [first.scope.storeViews, block.scope.storeViews];
  if (outer === null) return true;
  return inner?.every((view) => outer.includes(view)) ?? false;
}
