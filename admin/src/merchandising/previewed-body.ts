// A body as it can be previewed while it is being written: without what is only half there.
import type { Json, JsonObject } from "../api/shapes.ts";
import type { QueryConditions, RankingSetting, RankingTerm, RuleBody, RuleEvent } from "./shapes.ts";

type Previewable = RuleBody & { readonly query?: QueryConditions };

/** Half-written conditions, events and rankings would make the server refuse the whole preview at every other key. */
export function previewedBody<B extends Previewable>(body: B): JsonObject {
  const { query, ranking, events, rule, ...others } = body;
  const conditions = query?.conditions.filter(({ value }) => value.trim() !== "") ?? [];
  const finished = ranking && isFinishedRanking(ranking) ? withFinishedTerms(ranking) : undefined;
  // JSON in all its parts; the types of the editors only say more of it.
  return {
    ...others,
    ...(query && conditions.length > 0 ? { query: { ...query, conditions } } : {}),
    ...(finished ? { ranking: finished } : {}),
    ...(events ? { events: events.filter(isFinishedEvent) } : {}),
    ...(rule === undefined || isEmptyRule(rule) ? {} : { rule }),
  } as unknown as JsonObject;
}

function isFinishedEvent({ where, sku }: RuleEvent): boolean {
  return sku !== undefined || (where !== undefined && !isEmptyRule(where));
}

/** A rule without conditions, or with one that names no attribute or nothing to compare with yet. */
export function isEmptyRule(rule: Json): boolean {
  if (typeof rule !== "object" || rule === null) return true;
  if (Array.isArray(rule)) return rule.length === 0 || rule.some(isEmptyRule);
  const parts = rule as JsonObject;
  const keys = Object.keys(parts);
  if (keys.length === 0) return true;
  const group = parts["all"] ?? parts["any"] ?? parts["none"];
  if (group !== undefined) return isEmptyRule(group);
  if (parts["not"] !== undefined) return isEmptyRule(parts["not"]);
  const attribute = parts["attribute"];
  if (typeof attribute !== "object" || attribute === null || Array.isArray(attribute)) return false;
  const { path, op, value } = attribute as JsonObject;
  if (path === undefined || path === "" || op === undefined) return true;
  return value === "" || value === null || (Array.isArray(value) && value.length === 0);
}

function isFinishedTerm({ by, attribute }: RankingTerm): boolean {
  return by !== "attribute" || (attribute ?? "") !== "";
}

function isFinishedRanking(ranking: RankingSetting): boolean {
  return ranking.by === "formula" ? (ranking.terms ?? []).some(isFinishedTerm) : isFinishedTerm(ranking);
}

function withFinishedTerms(ranking: RankingSetting): RankingSetting {
  return ranking.terms ? { ...ranking, terms: ranking.terms.filter(isFinishedTerm) } : ranking;
}
