// Definitions that would have helped visitors who found nothing. A person decides: nothing is made by itself.
import { normaliseWords } from "../../search/index.ts";
import type { RedirectBody } from "../redirect.ts";
import { maxPhraseWords, type SynonymBody } from "../synonym.ts";
import type { NextStep } from "./store-proposals.clickhouse.ts";

export type Proposal = {
  readonly query: string;
  /** Visitors who searched for it and found nothing. */
  readonly visitors: number;
  /** Visitors who helped themselves in the way that is proposed. */
  readonly helped: number;
  readonly text: string;
} & (
  | { readonly kind: "synonym"; readonly body: SynonymBody }
  | { readonly kind: "redirect"; readonly body: RedirectBody }
);

/** Fewer would make a rule of somebody's whim, or show what one person typed. */
export const minVisitors = 3;
/** One in five who search again with another word mean the same by it. */
const minSynonymShare = 0.2;
/** A redirect takes the list away from everybody, so half of them must have gone there. */
const minRedirectShare = 0.5;
const maxExpansions = 3;

/**
 * Proposals for queries without results, those that would help most first.
 *
 * @param isCovered whether a synonym or redirect for a query is live already
 * @param urlOf address of a category; undefined when it has gone
 */
export function propose(
  steps: readonly NextStep[],
  isCovered: (query: string) => boolean,
  urlOf: (categoryPath: string) => string | undefined,
): readonly Proposal[] {
  const byQuery = new Map<string, NextStep[]>();
  for (const step of steps) {
    const enough = step.kind === "search" ? minSynonymShare : minRedirectShare;
    if (step.took < minVisitors || step.took < enough * step.visitors || isCovered(step.query)) continue;
    byQuery.set(step.query, [...(byQuery.get(step.query) ?? []), step]);
  }
  const proposals = [...byQuery.values()].flatMap((list) => [...synonymOf(list), ...redirectOf(list, urlOf)]);
  return proposals.sort((a, b) => b.helped - a.helped || (a.query < b.query ? -1 : 1));
}

function synonymOf(steps: readonly NextStep[]): readonly Proposal[] {
  const words = (text: string) => normaliseWords(text);
  const fits = (text: string) => words(text).length > 0 && words(text).length <= maxPhraseWords;
  const searched = steps
    .filter(({ kind, query, target }) => kind === "search" && fits(query) && fits(target))
    .filter(({ query, target }) => words(query).join(" ") !== words(target).join(" "))
    .slice(0, maxExpansions);
  const [first] = searched;
  if (!first) return [];
  const { query, visitors, took } = first;
  const expansions = searched.map(({ target }) => target);
  const text = `${took} of ${visitors} visitors who found nothing for "${query}" searched for "${first.target}" and clicked a result`;
  const body: SynonymBody = { type: "one-way", keyword: query, expansions };
  return [{ kind: "synonym", query, visitors, helped: took, text, body }];
}

function redirectOf(
  steps: readonly NextStep[],
  urlOf: (categoryPath: string) => string | undefined,
): readonly Proposal[] {
  const opened = steps.find(({ kind, target }) => kind === "category" && urlOf(target) !== undefined);
  const url = opened && urlOf(opened.target);
  if (!opened || url === undefined) return [];
  const { query, visitors, took, target } = opened;
  const text = `${took} of ${visitors} visitors who found nothing for "${query}" opened the category ${target}`;
  const body: RedirectBody = { query: { match: "any", conditions: [{ operator: "is", value: query }] }, url };
  return [{ kind: "redirect", query, visitors, helped: took, text, body }];
}
