import { isInWindow, type LiveDefinition } from "../../definitions/index.ts";
import type { JsonObject, JsonValue } from "../../kernel/index.ts";
import type { BlockBody, BlockVariant } from "./block.ts";

export type BlockReason = { readonly code: string; readonly text: string } & JsonObject;

/** Price rules that apply to the shopper now, by their keys. A rule that is paused or over is not among them. */
export type FiredRules = {
  readonly cartRules: ReadonlySet<string>;
  readonly catalogRules: ReadonlySet<string>;
};

/** What of a visitor decides which blocks they see; the rules of bodies are compiled by whoever made it. */
export type BlockJudge = {
  /** By key or id of the audience; false for one that is not live. */
  readonly isMember: (audienceKey: string) => boolean;
  holds(body: { readonly rule?: JsonValue }): boolean;
  /** An attribute by its path, as rules read it; absent = nothing can be read. */
  readonly read?: (path: string) => unknown;
};

/** Price rules that a block is tied to, named by the block or by the rule. */
export type BlockLinks = { readonly cartRules: readonly string[]; readonly catalogRules: readonly string[] };

export type BlockViewer = {
  readonly nowMs: number;
  readonly storeView: string;
  readonly judge: BlockJudge;
  /** Worked out when a block that is linked to rules is met, at most once. */
  readonly fired: () => FiredRules;
  readonly linksOf: (block: Pick<LiveDefinition<BlockBody>, "key" | "body">) => BlockLinks;
};

type Block = Pick<LiveDefinition<BlockBody>, "key" | "scope" | "window" | "body">;
type Verdict = { readonly eligible: boolean; readonly because: BlockReason };

const refused = (code: string, text: string, more: JsonObject = {}): Verdict => ({
  eligible: false,
  because: { code, text, ...more },
});

/** Keys of the linked price rules that apply; undefined = the block is linked to none. */
function firedOf(block: Pick<Block, "key" | "body">, viewer: BlockViewer): readonly string[] | undefined {
  const { cartRules, catalogRules } = viewer.linksOf(block);
  if (cartRules.length === 0 && catalogRules.length === 0) return undefined;
  const fired = viewer.fired();
  return [
    ...cartRules.filter((key) => fired.cartRules.has(key)),
    ...catalogRules.filter((key) => fired.catalogRules.has(key)),
  ];
}

/** The conditions that blocks alone have: audiences from elsewhere, and price rules. Kinds are ANDed, values of a kind ORed. */
export function judgeLinks(block: Pick<Block, "key" | "body">, viewer: BlockViewer): Verdict {
  const external = block.body.externalAudiences ?? [];
  if (external.length > 0 && !external.some(viewer.judge.isMember))
    return refused("external_audience", `The visitor is in none of: ${external.join(", ")}`, { audiences: external });
  const fired = firedOf(block, viewer);
  if (fired?.length === 0) return refused("price_rule", "No price rule that it is linked to applies to the shopper");
  const rule = fired?.[0];
  if (rule !== undefined)
    return { eligible: true, because: { code: "price_rule", text: `The price rule ${rule} applies`, priceRule: rule } };
  return { eligible: true, because: { code: "everybody", text: "Shown to everybody" } };
}

type Framed = Pick<Block, "scope" | "window"> & { readonly body: Pick<BlockBody, "audiences" | "rule"> };

/** What blocks and rotations have in common, but for the rule: scope, schedule, audiences. */
function judgeFrame({ scope, window, body }: Framed, { judge, nowMs, storeView }: BlockViewer): Verdict {
  if (scope.storeViews !== null && !scope.storeViews.includes(storeView))
    return refused("scope", `Not for store view ${storeView}`);
  if (!isInWindow({ window }, nowMs)) return refused("schedule", "Outside its schedule");
  const audience = body.audiences.find((key) => judge.isMember(key));
  if (body.audiences.length > 0 && audience === undefined)
    return refused("audience", `The visitor is in none of: ${body.audiences.join(", ")}`, {
      audiences: body.audiences,
    });
  if (audience === undefined) return { eligible: true, because: { code: "everybody", text: "Shown to everybody" } };
  return { eligible: true, because: { code: "audience", text: `The visitor is in audience ${audience}`, audience } };
}

/** Whether a visitor may see a block: scope, schedule, audiences, links, rule. */
export function judgeBlock(block: Block, viewer: BlockViewer): Verdict {
  const frame = judgeFrame(block, viewer);
  if (!frame.eligible) return frame;
  const links = judgeLinks(block, viewer);
  if (!links.eligible) return links;
  if (!viewer.judge.holds(block.body)) return refused("rule", "Its rule does not hold");
  return links.because.code === "price_rule" ? links : frame;
}

/** Whether a visitor may see a rotation: scope, schedule, audiences, rule. */
export function judgeRotation(rotation: Framed, viewer: BlockViewer): Verdict {
  const frame = judgeFrame(rotation, viewer);
  return frame.eligible && !viewer.judge.holds(rotation.body) ? refused("rule", "Its rule does not hold") : frame;
}

/** The first variant that fits the visitor; undefined = the block's own content. */
export function variantFor(
  { variants = [] }: BlockBody,
  { storeView, judge }: Pick<BlockViewer, "storeView" | "judge">,
): BlockVariant | undefined {
  return variants.find(
    ({ storeViews = [], audiences = [] }) =>
      (storeViews.length === 0 || storeViews.includes(storeView)) &&
      (audiences.length === 0 || audiences.some((key) => judge.isMember(key))),
  );
}
