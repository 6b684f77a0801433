import { type BlockBody, blockValue } from "../../content/index.ts";
import { isInWindow, type LiveDefinition } from "../../definitions/index.ts";
import { ClienteleError, newId } from "../../kernel/index.ts";
import type { Profile } from "../../profiles/index.ts";
import type { Call, GraphqlDeps } from "./graphql-deps.ts";
import { profileOf, uidOf } from "./personalization.ts";

export type DynamicBlocksArgs = {
  readonly input?: {
    readonly type: "SPECIFIED" | "CART_PRICE_RULE_RELATED" | "CATALOG_PRICE_RULE_RELATED";
    readonly dynamic_block_uids?: readonly (string | null)[] | null;
    readonly audience_id?: { readonly eq?: string | null; readonly in?: readonly (string | null)[] | null } | null;
  } | null;
  readonly pageSize?: number | null;
  readonly currentPage?: number | null;
};

type Block = LiveDefinition<BlockBody>;
type BlockDeps = Pick<GraphqlDeps, "clock" | "eligible" | "liveBlocks" | "logExposure">;

const maxPageSize = 200;
const maxUids = 200;

/**
 * Blocks that the visitor may see, of those asked for. Audiences in the call narrow the choice; they never widen it, since who is in
 * which audience is resolved here.
 *
 * @throws {ClienteleError} `graphql.badArgument` for pageSize or currentPage out of range
 */
export async function dynamicBlocks(deps: BlockDeps, call: Call, { input, pageSize, currentPage }: DynamicBlocksArgs) {
  const [size, page] = [pageSize ?? 20, currentPage ?? 1];
  if (size < 1 || size > maxPageSize || page < 1)
    throw new ClienteleError("graphql.badArgument", `pageSize must be 1 to ${maxPageSize}, currentPage 1 or more`);
  // Blocks are tied to no price rules.
  const asked = input && input.type !== "SPECIFIED" ? [] : askedFor(deps.liveBlocks(), input);
  const profile = await profileOf(call);
  const shown = shownOf(deps, call, profile, asked);
  const items = shown.slice((page - 1) * size, page * size);
  for (const { block } of items) logShown(deps, call, profile, block);
  return {
    items: items.map(({ block, html }) => ({
      uid: uidOf(block.key),
      audience_id: block.body.audiences,
      content: { html },
    })),
    page_info: { current_page: page, page_size: size, total_pages: Math.ceil(shown.length / size) },
    total_count: shown.length,
  };
}

function askedFor(blocks: readonly Block[], input: DynamicBlocksArgs["input"]): readonly Block[] {
  const uids = input?.dynamic_block_uids?.slice(0, maxUids);
  const audience = input?.audience_id;
  const audiences = audience ? [audience.eq, ...(audience.in ?? [])].filter((each) => typeof each === "string") : [];
  return blocks.filter(
    ({ id, key, body }) =>
      (!uids || uids.includes(uidOf(key)) || uids.includes(uidOf(id))) &&
      (audiences.length === 0 || body.audiences.some((each) => audiences.includes(each))),
  );
}

/** All that the visitor may see, best priority first: clients arrange them by themselves. */
function shownOf(
  deps: BlockDeps,
  { storeView, identityKey }: Call,
  profile: Profile | null,
  blocks: readonly Block[],
): readonly { readonly block: Block; readonly html: string }[] {
  const isEligible = deps.eligible(profile, { storeView, identityKey });
  const nowMs = deps.clock.now();
  return blocks
    .filter(
      (block) =>
        (block.scope.storeViews === null || block.scope.storeViews.includes(storeView)) &&
        isInWindow(block, nowMs) &&
        isEligible(block.body),
    )
    .sort((a, b) => a.body.priority - b.body.priority || (a.key < b.key ? -1 : 1))
    .map((block) => ({ block, html: blockValue(block).html }));
}

function logShown(deps: BlockDeps, call: Call, profile: Profile | null, block: Block): void {
  const nowMs = deps.clock.now();
  deps.logExposure({
    decisionId: newId(nowMs),
    at: nowMs,
    placement: block.body.placement,
    kind: "block",
    definitionId: block.id,
    definitionVersion: block.version,
    profileId: profile?.profileId ?? "",
    identityKey: call.identityKey,
    storeView: call.storeView,
    skus: [],
    scores: [],
    propensity: 1,
    policy: "dynamic-blocks",
    reasons: [],
  });
}
