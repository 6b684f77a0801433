import { type BlockBody, type BlockContext, type BlockLocation, blockUid, standsIn } from "../../content/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import { ClienteleError, newId } from "../../kernel/index.ts";
import type { Profile } from "../../profiles/index.ts";
import type { Call, GraphqlDeps } from "./graphql-deps.ts";
import { profileOf, uidOf } from "./personalization.ts";

export type DynamicBlocksArgs = {
  readonly input?: {
    readonly type: keyof typeof sources;
    readonly dynamic_block_uids?: readonly (string | null)[] | null;
    readonly locations?: readonly (keyof typeof locations | null)[] | null;
    readonly product_uid?: string | null;
    readonly audience_id?: { readonly eq?: string | null; readonly in?: readonly (string | null)[] | null } | null;
  } | null;
  readonly pageSize?: number | null;
  readonly currentPage?: number | null;
};

type Block = LiveDefinition<BlockBody>;
type BlockDeps = Pick<GraphqlDeps, "clock" | "blocks" | "logExposure">;

const sources = {
  SPECIFIED: "specified",
  CART_PRICE_RULE_RELATED: "cart_price_rules",
  CATALOG_PRICE_RULE_RELATED: "catalog_price_rules",
} as const;

const locations: Readonly<Record<"CONTENT" | "HEADER" | "FOOTER" | "LEFT" | "RIGHT", BlockLocation>> = {
  CONTENT: "content",
  HEADER: "header",
  FOOTER: "footer",
  LEFT: "left",
  RIGHT: "right",
};

const maxPageSize = 200;
const maxAsked = 200;

/**
 * Blocks that the visitor may see, of those asked for. Audiences in the call narrow the choice; they never widen it, since who is in
 * which audience is resolved here, and so is which price rule applies. The cart is the one that the server knows of the visitor.
 *
 * @throws {ClienteleError} `graphql.badArgument` for pageSize or currentPage out of range
 */
export async function dynamicBlocks(deps: BlockDeps, call: Call, { input, pageSize, currentPage }: DynamicBlocksArgs) {
  const [size, page] = [pageSize ?? 20, currentPage ?? 1];
  if (size < 1 || size > maxPageSize || page < 1)
    throw new ClienteleError("graphql.badArgument", `pageSize must be 1 to ${maxPageSize}, currentPage 1 or more`);
  const profile = await profileOf(call);
  const context = contextOf(deps, call, profile, input?.product_uid);
  await deps.blocks.prepare(context, senderOf(call));
  const judge = deps.blocks.judgeOf(context, call.identityKey);
  const shown = deps.blocks.shownTo(context, judge, askedFor(deps, input));
  const items = shown.slice((page - 1) * size, page * size);
  for (const { block } of items) logShown(deps, call, profile, block);
  return {
    items: items.map(({ block, value }) => ({
      uid: blockUid(block.key),
      audience_id: audiencesOf(block.body),
      content: { html: value.html ?? "" },
    })),
    page_info: { current_page: page, page_size: size, total_pages: Math.ceil(shown.length / size) },
    total_count: shown.length,
  };
}

/** What the call is about; a product by the base64 of its SKU, as we answer them. */
function contextOf(
  { clock }: Pick<GraphqlDeps, "clock">,
  { storeView, catalog }: Pick<Call, "storeView" | "catalog">,
  profile: Profile | null,
  productUid?: string | null,
): BlockContext {
  const sku = productUid ? Buffer.from(productUid, "base64").toString("utf8") : "";
  const items = catalog.get(sku) ? [sku] : [];
  return { nowMs: clock.now(), storeView, profile, cart: profile?.state.cart ?? null, items };
}

const senderOf = ({ request, identityKey }: Call) => ({ isTrusted: false, ip: request.ip, identityKey }) as const;

/** Cart price rules that fire for the visitor's cart now. */
export async function cartRules(deps: Pick<GraphqlDeps, "blocks" | "clock">, call: Call) {
  const profile = await profileOf(call);
  const context = contextOf(deps, call, profile);
  await deps.blocks.prepareFiring(context, senderOf(call));
  const { cartRules: fired } = deps.blocks.firedRules(context);
  return [...fired].map((key) => ({ uid: uidOf(key) }));
}

function audiencesOf({ audiences, externalAudiences = [] }: BlockBody): readonly string[] {
  return [...audiences, ...externalAudiences];
}

function texts(list: readonly (string | null | undefined)[] | null | undefined): ReadonlySet<string> {
  return new Set(list?.slice(0, maxAsked).flatMap((each) => each ?? []));
}

/** @returns whether a block is among those asked for */
function askedFor({ blocks }: Pick<BlockDeps, "blocks">, input: DynamicBlocksArgs["input"]): (block: Block) => boolean {
  const uids = input?.dynamic_block_uids ? texts(input.dynamic_block_uids) : undefined;
  const audiences = texts([input?.audience_id?.eq, ...(input?.audience_id?.in ?? [])]);
  const source = sources[input?.type ?? "SPECIFIED"];
  const places = (input?.locations ?? []).slice(0, maxAsked).flatMap((each) => (each ? locations[each] : []));
  return (block) => {
    const { id, key, body } = block;
    return (
      blocks.isOfSource(block, source) &&
      (!uids || [blockUid(key), uidOf(key), uidOf(id)].some((uid) => uids.has(uid))) &&
      standsIn(body, places) &&
      (audiences.size === 0 || audiencesOf(body).some((each) => audiences.has(each)))
    );
  };
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
