export type { CartRule } from "./cart-rule.ts";
export type { CartRuleBody } from "./cart-rule-body.ts";
export {
  type CartRuleLook,
  type CartRules,
  createCartRules,
  type FiringRules,
  nothingFires,
  type Shopper,
} from "./create-cart-rules.ts";
export { neededLines, type Piece, type ProductTree, pieceOf, productTreeOf } from "./one-piece.ts";
export { openCartOf } from "./open-cart.ts";
export { createPriceRuleGroupKind, type PriceRuleGroupBody, priceRuleGroupKindName } from "./price-rule-group.ts";
export { createEvaluateRoutes, type LiveCart, type ShopperClaim } from "./routes.ts";
export { costFactor, floorCode } from "./rule-conflicts.ts";
export { cartRuleKindName, createCartRuleKind } from "./rule-kind.ts";
export { canMeet, canStack, covers, createRelations, isOver } from "./rule-relation.ts";
export type { RuleChange } from "./rules-beside.ts";
export { unitOff } from "./unit-off.ts";
