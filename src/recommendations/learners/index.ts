/** Learners of recommendations: pure, deterministic, without I/O; train them in a worker. */
export { type LearnedBaskets, learnBaskets, type NextBasket, nextBasketOf } from "./next-basket.ts";
export { createNextItems, type LearnedNext, learnNext, nextItemsOf } from "./next-items.ts";
export type { PersonItems } from "./person-items.ts";
export type { ItemAnswers, NextItems, ScoredItem } from "./scored-item.ts";
export type { ItemNumbers, LearnedSession } from "./session-log.ts";
export { type LearnedTaste, learnTaste, type Taste, tasteOf } from "./taste.ts";
