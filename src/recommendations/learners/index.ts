/** Learners of recommendations: pure, deterministic, without I/O; train them in a worker. */
export type { LearnedSession } from "./session-log.ts";
export { createSessionNeighbours, type NextItems, type ScoredItem } from "./session-neighbours.ts";
