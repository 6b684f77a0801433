/** Learners of recommendations: pure, deterministic, without I/O; train them in a worker. */
export { createNextItems, type LearnedNext, learnNext, nextItemsOf } from "./next-items.ts";
export type { ItemAnswers, NextItems, ScoredItem } from "./scored-item.ts";
export type { LearnedSession } from "./session-log.ts";
