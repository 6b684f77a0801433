import type { RuleSubject } from "../kernel/rules/index.ts";
import { matchedBy } from "./assemble-list.ts";
import { type ShopRules, treesOf } from "./compiled-rules.ts";
import { coverOf } from "./cover.ts";
import { type Anchor, findCandidates } from "./find-candidates.ts";
import type { ProductIndex } from "./product-index.ts";
import { maxResultLimit, type RelatedRuleBody } from "./rule-kind.ts";

export type RuleTrial = {
  /** How many products the rule is for. */
  readonly matching: number;
  /** The first of them by SKU. */
  readonly examples: readonly string[];
  /** For each product that was asked about, else for the first examples: what it would display. */
  readonly displayed: readonly {
    readonly sku: string;
    readonly isMatched: boolean;
    readonly items: readonly string[];
  }[];
};

const maxExamples = 20;
const defaultTrials = 3;

/** What a rule would match and display, judged for a visitor of whom nothing is known. Takes a pass over the catalog. */
export function tryRule(
  query: {
    readonly body: Pick<RelatedRuleBody, "match" | "display" | "resultLimit">;
    readonly anchors: readonly Anchor[];
    readonly subject: RuleSubject;
    readonly nowMs: number;
  },
  { rules, index }: { readonly rules: ShopRules; readonly index: ProductIndex },
): RuleTrial {
  const { body, subject, nowMs } = query;
  const trees = treesOf(rules, body);
  const environment = rules.environmentOf({ use: "products_to_display" });
  const matching: readonly Anchor[] = index.first(
    coverOf(trees.matchNode, index, environment.catalog),
    Number.POSITIVE_INFINITY,
    ({ facts }) => trees.match.test({ ...subject, product: facts }, nowMs),
  );
  const anchors = query.anchors.length > 0 ? query.anchors : matching.slice(0, defaultTrials);
  return {
    matching: matching.length,
    examples: matching.slice(0, maxExamples).map(({ sku }) => sku),
    displayed: anchors.map((anchor) => {
      const matched = matchedBy({ trees }, [anchor], subject, nowMs);
      const found = findCandidates(
        {
          display: trees.displayNode,
          anchors: matched,
          subject,
          isExcluded: (sku) => sku === anchor.sku,
          limit: body.resultLimit ?? maxResultLimit,
          nowMs,
        },
        index,
        environment,
      );
      return { sku: anchor.sku, isMatched: matched.length > 0, items: found.map(({ entry }) => entry.sku) };
    }),
  };
}
