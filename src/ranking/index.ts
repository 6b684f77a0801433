export { type ChangedBy, createRanking, type Ranking, type RankingDeps } from "./create-ranking.ts";
export { evaluateOffPolicy, type LoggedChoice, type OffPolicyReport } from "./off-policy.ts";
export { createRankingRoutes } from "./routes.ts";
export type {
  ListRanking,
  RankingContext,
  RankingSettings,
} from "./serve-list.ts";
