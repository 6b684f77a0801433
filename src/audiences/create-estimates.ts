import type { Logger } from "../kernel/index.ts";
import type { RuleNode, RuleObject, RuleSubject } from "../kernel/rules/index.ts";
import type { AudienceRules } from "./audience-rules.ts";
import { pagesOf, withIdentifiers } from "./backfill.ts";
import { createExactCounts } from "./exact-counts.ts";
import { appliesTo } from "./judge-profile.ts";
import { type Preview, type PreviewDeps, previewRule, type Selection } from "./preview.ts";
import type { Draft } from "./routes-estimates.ts";
import { subjectOf } from "./shop-subject.ts";
import { createRuleQueries, type RuleQueryStore } from "./sql/index.ts";
import type { EstimateStore } from "./store-estimates.ts";

export type EstimatesDeps = Omit<PreviewDeps, "productOf"> & {
  readonly rules: AudienceRules;
  readonly store: EstimateStore;
  readonly queries: RuleQueryStore;
  readonly logger: Logger;
  /** Whether an audience looks at the request. */
  readonly isInCall: (reference: string) => boolean;
};

const subjectsAtOnce = 1_000;

const registered = (is: boolean): RuleNode => ({
  attribute: { path: "profile.is_registered", op: is ? "is_true" : "is_false" },
});

/** How many people rules select: at once from a sample, exactly in the background. */
export function createEstimates(deps: EstimatesDeps) {
  const { rules, clock } = deps;
  const { productOf } = rules;
  const previewDeps: PreviewDeps = { ...deps, productOf };

  function* productsOf(): Generator<readonly [sku: string, product: RuleObject]> {
    for (const sku of rules.catalog().products.keys()) {
      const facts = productOf(sku);
      if (facts) yield [sku, facts];
    }
  }
  async function* everybody(nowMs: number): AsyncGenerator<readonly (readonly [string, RuleSubject])[]> {
    const options = deps.subjectOptions(nowMs);
    for await (const page of pagesOf(deps.profiles, subjectsAtOnce)) {
      const known = await withIdentifiers(page, deps.profiles);
      yield known.map((profile) => [profile.profileId, subjectOf(profile, options)] as const);
    }
  }
  const queries = createRuleQueries({
    store: deps.queries,
    environment: () => rules.environmentOf({}),
    products: () => ({ [Symbol.iterator]: productsOf }),
    subjects: everybody,
    isKept: deps.isFilled,
  });

  return {
    exactCounts: createExactCounts({
      ...previewDeps,
      store: deps.store,
      logger: deps.logger,
      countInSql: async (node, nowMs) => (await queries.count([node], nowMs))?.[0],
    }),
    preview: (selection: Selection): Promise<Preview> => previewRule(selection, previewDeps),
    /** Whom a rule without faults selects. */
    selectionOf: ({ rule: given, timezone, appliesTo: to = "both", storeViews }: Draft): Selection => {
      const { rule, node } = rules.read(given, { timezone, use: "audience", storeViews });
      const shared = { rule, isInCall: rule.usesContext || rule.audiences.some(deps.isInCall) };
      if (to === "both") return { ...shared, node };
      return {
        ...shared,
        node: { all: [node, registered(to === "registered")] },
        isEligible: (profile) => appliesTo({ appliesTo: to }, subjectOf(profile, deps.subjectOptions(clock.now()))),
      };
    },
  };
}
