// Which rules make a list: those whose query, category, audience and condition hold, in the order in which they count.
import type { LiveDefinition } from "../definitions/index.ts";
import type { ConsideredRule, ListSubject } from "../discovery/index.ts";
import type { CategoryRuleBody } from "./category-rule.ts";
import type { Eligibility } from "./eligibility.ts";
import { byPrecedence, type LiveView } from "./live-view.ts";
import { normaliseText } from "./normalise-text.ts";
import type { RankingSetting } from "./ranking-setting.ts";
import type { RuleEvent } from "./rule-events.ts";
import type { SearchRuleBody } from "./search-rule.ts";

type RuleDefinition = LiveDefinition<SearchRuleBody> | LiveDefinition<CategoryRuleBody>;

export type ChosenRule = {
  readonly definition: RuleDefinition;
  readonly events: readonly RuleEvent[];
  readonly reason: string;
};

export type Chosen = {
  /** In order of precedence. */
  readonly rules: readonly ChosenRule[];
  readonly ranking: { readonly setting: RankingSetting; readonly definition: RuleDefinition } | undefined;
  /** Rules that fit the list and not the shopper. */
  readonly refused: readonly ConsideredRule[];
};

/** Why somebody may not have a rule; undefined = they may. */
export type Refuse = (body: Eligibility) => string | undefined;

export const nothingChosen: Chosen = { rules: [], ranking: undefined, refused: [] };

/** @param draftId a rule that is being previewed: it stands before all without an `is` that matches */
export function chooseRules(view: LiveView, subject: ListSubject, refuse: Refuse, draftId?: string): Chosen {
  const fitting =
    subject.kind === "search"
      ? searchRules(view, normaliseText(subject.q), draftId)
      : draftFirst([...ownRules(view, subject.path), ...generalRules(view)], draftId);
  const rules: ChosenRule[] = [];
  const refused: ConsideredRule[] = [];
  const isFor = (definition: RuleDefinition): boolean => {
    const reason = refuse(definition.body);
    if (reason !== undefined) refused.push(considered(definition, false, reason));
    return reason === undefined;
  };
  for (const { definition, reason } of fitting)
    if (isFor(definition)) rules.push({ definition, reason, events: definition.body.events ?? [] });

  const ofCategory = rules.filter(({ definition }) => definition.kind === "category-rule");
  const first = (list: readonly ChosenRule[]) => list.find(({ definition }) => definition.body.ranking)?.definition;
  const own = first(ofCategory);
  const inherited = subject.kind === "category" && !own ? inheritedRule(view, subject.path, isFor) : undefined;
  if (inherited)
    rules.splice(ofCategory.length, 0, {
      definition: inherited,
      events: [],
      reason: `its ranking is inherited from the category ${inherited.body.category}`,
    });
  const ranked = own ?? inherited ?? first(rules);
  const setting = ranked?.body.ranking;
  return { rules, refused, ranking: ranked && setting ? { definition: ranked, setting } : undefined };
}

type Fitting = { readonly definition: RuleDefinition; readonly reason: string };

function searchRules(view: LiveView, query: string, draftId: string | undefined): readonly Fitting[] {
  const found: (Fitting & { readonly isExact: boolean })[] = [];
  for (const { definition, match } of view.searchRules) {
    const { isMatch, isExact } = match(query);
    if (!isMatch) continue;
    const reason = definition.body.query
      ? isExact
        ? "the query is what it asks for"
        : "the query fits"
      : "for every list";
    found.push({ definition, isExact, reason });
  }
  const isDraft = ({ definition }: Fitting) => definition.id === draftId;
  return found.sort(
    (a, b) =>
      Number(b.isExact) - Number(a.isExact) ||
      Number(isDraft(b)) - Number(isDraft(a)) ||
      byPrecedence(a.definition, b.definition),
  );
}

function ownRules(view: LiveView, path: string): readonly Fitting[] {
  const rules = view.categoryRules.get(path) ?? [];
  return rules.map((definition) => ({ definition, reason: `for the category ${path}` }));
}

function generalRules(view: LiveView): readonly Fitting[] {
  return view.searchRules
    .filter(({ definition: { body } }) => body.lists === "all" && !body.query)
    .map(({ definition }) => ({ definition, reason: "for every list" }))
    .sort((a, b) => byPrecedence(a.definition, b.definition));
}

function draftFirst(rules: readonly Fitting[], draftId: string | undefined): readonly Fitting[] {
  const isDraft = ({ definition }: Fitting) => definition.id === draftId;
  return [...rules.filter(isDraft), ...rules.filter((rule) => !isDraft(rule))];
}

/** The ranking of the nearest category above that gives its own to subcategories. */
function inheritedRule(
  view: LiveView,
  path: string,
  isFor: (definition: LiveDefinition<CategoryRuleBody>) => boolean,
): LiveDefinition<CategoryRuleBody> | undefined {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const found = (view.categoryRules.get(path.slice(0, end)) ?? []).find(
      (rule) => rule.body.applyToSubcategories && rule.body.ranking && isFor(rule),
    );
    if (found) return found;
  }
  return undefined;
}

export function considered(
  { kind, id, key, name }: Pick<LiveDefinition<unknown>, "kind" | "id" | "key" | "name">,
  isApplied: boolean,
  reason: string,
): ConsideredRule {
  return { kind, id, key, name, isApplied, reason };
}
