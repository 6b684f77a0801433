// One piece of a product in a cart, as targets of rules see it; and what of a rule that decides.
import type { RuleEnvironment, RuleNode, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import type { CartRule, RuleTree } from "./cart-rule.ts";
import { scale } from "./exact.ts";
import { createMarginGuard } from "./limit-claim.ts";
import { type CartLineInput, priceCart } from "./price-cart.ts";

export type PieceDeps = {
  readonly productOf: (sku: string) => RuleObject | undefined;
  /** Of products without a price. */
  readonly currency: string;
};

/** At its list price, as the only line of a cart. */
function cartOf(sku: string, { productOf, currency }: PieceDeps) {
  const facts = productOf(sku);
  const price = facts?.["price"] as { readonly minor?: unknown; readonly currency?: unknown } | null | undefined;
  const minor = typeof price?.minor === "number" && Number.isInteger(price.minor) ? price.minor : 0;
  const line: CartLineInput = { id: "1", sku, qty: scale, price: BigInt(minor) * scale };
  const cart = { currency: typeof price?.currency === "string" ? price.currency : currency, lines: [line] };
  return { facts, minor, cart: priceCart(cart, () => facts) };
}

export type Piece = {
  readonly subject: RuleSubject;
  /** Minor units. */
  readonly price: number;
  readonly currency: string;
  /** Minor units that may be taken before it is below its floor; Infinity where its cost is not known. */
  readonly room: number;
};

/** @param factor of the cost, millionths: the floor of a price */
export function pieceOf(
  sku: string,
  factor: bigint,
  deps: PieceDeps & { readonly rateOf: RuleEnvironment["rateOf"] },
): Piece {
  const { facts, cart, minor } = cartOf(sku, deps);
  const line = cart.lines[0]?.facts;
  const { currency } = cart.input;
  const guard =
    facts?.["cost"] === undefined ? null : createMarginGuard(cart, factor, { currency, rateOf: deps.rateOf });
  return {
    subject: line ? { item: line, ...(facts ? { product: facts } : {}) } : {},
    price: minor,
    currency,
    room: guard ? guard(0, 0) : Number.POSITIVE_INFINITY,
  };
}

/** Everything, and nothing, in the rule language. */
const anything: RuleNode = { everyone: true };
const nothing: RuleNode = { not: anything };

/** Whether a leaf says the same of a product in every cart: it is about the product, not about quantities, prices or the shopper. */
function isAboutProduct(path: string, value: unknown): boolean {
  if (typeof value === "object" && value !== null && "ref" in value)
    return typeof value.ref === "string" && isAboutProduct(path, undefined) && isAboutProduct(value.ref, undefined);
  return (path.startsWith("product.") && path !== "product.final_price") || path === "item.sku" || path === "item.name";
}

/**
 * A tree of which only what products decide is left.
 *
 * @param isWide true: it holds for each product for which the tree may hold in some cart; false: only for those of all carts
 */
export function narrowToProducts(node: RuleNode, isWide: boolean): RuleNode {
  if ("all" in node) return { all: node.all.map((each) => narrowToProducts(each, isWide)) };
  if ("any" in node) return { any: node.any.map((each) => narrowToProducts(each, isWide)) };
  if ("not" in node) return { not: narrowToProducts(node.not, !isWide) };
  if ("everyone" in node) return node;
  if ("attribute" in node && isAboutProduct(node.attribute.path, node.attribute.value)) return node;
  return isWide ? anything : nothing;
}

/** Of a tree over lines: for which products it may hold, and for which it surely does. */
export type ProductTree = { readonly may: RuleTree; readonly sure: RuleTree };

export type ReadTree = (node: RuleNode) => RuleTree;

export function productTreeOf(tree: RuleTree, read: ReadTree): ProductTree {
  const [may, sure] = [narrowToProducts(tree.node, true), narrowToProducts(tree.node, false)];
  const own = JSON.stringify(tree.node);
  return {
    may: JSON.stringify(may) === own ? tree : read(may),
    sure: JSON.stringify(sure) === own ? tree : read(sure),
  };
}

/** Trees over lines of which each must hold for some line of a cart before the conditions of the rule can hold. */
export function neededLines({ conditions }: Pick<CartRule, "conditions">): readonly RuleNode[] {
  return conditions ? neededIn(conditions.node) : [];
}

function neededIn(node: RuleNode): readonly RuleNode[] {
  if ("all" in node) return node.all.flatMap(neededIn);
  if (!("items" in node)) return [];
  const { of, where, match = "some", measure } = node.items;
  return of === "cart" && where && measure === undefined && match === "some" ? [where] : [];
}
