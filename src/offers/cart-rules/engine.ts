/**
 * The evaluation of carts without routes, definitions and stores: for threads, which must not load an engine's library. (The embedded
 * ClickHouse lives once a process: a thread that loads it and ends takes it down.) Everybody else enters by index.ts.
 */
export { type Evaluation, evaluateCart } from "./evaluate-cart.ts";
export { readScaled, scale } from "./exact.ts";
export { failingLeaf } from "./failing-leaf.ts";
export { createLiveRules, type ShopRules } from "./live-rules.ts";
export { cartInputOf } from "./open-cart.ts";
export type { CartInput, CartLineInput } from "./price-cart.ts";
export type { RuleIndex } from "./rule-index.ts";
