import { Type } from "typebox";
import type { ErrorDetail } from "../kernel/index.ts";

export const rankingTerms = [
  "most-viewed",
  "most-purchased",
  "most-added-to-cart",
  "trending",
  "recommended-for-you",
  "attribute",
] as const;
export const rankings = ["none", ...rankingTerms, "formula"] as const;

/** One signal that products are ordered by. */
export type RankingTerm = {
  readonly by: (typeof rankingTerms)[number];
  /** Of `trending`; default 3. The others count 7 days. */
  readonly windowDays?: 3 | 14 | 30;
  /** Product attribute of `attribute`, e.g. `margin`, `rating`, `stock_qty`, `created_at`, `final_price`. */
  readonly attribute?: string;
  /** Of `attribute`; `desc` (default) lifts high values. */
  readonly direction?: "asc" | "desc";
};

/** Intelligent ranking: how far a behavioural signal may lift a product. */
export type RankingSetting = Omit<RankingTerm, "by"> & {
  readonly by: (typeof rankings)[number];
  /** 1 to 100, default 5: a product at the top of the signal scores 1.5 times; with 100, 11 times. */
  readonly boost?: number;
  /** Signals of a `formula`: the mean of their percentiles by weight. */
  readonly terms?: readonly (RankingTerm & { readonly weight: number })[];
};

export const defaultRankingBoost = 5;
export const defaultTrendingDays = 3;
const maxTerms = 5;

const termFields = {
  windowDays: Type.Optional(
    Type.Union(
      [3, 14, 30].map((days) => Type.Literal(days)),
      { default: defaultTrendingDays },
    ),
  ),
  attribute: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  direction: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")], { default: "desc" })),
};

export const rankingSchema = Type.Object(
  {
    by: Type.Union(
      rankings.map((by) => Type.Literal(by)),
      { description: "none keeps the order by relevance, whatever later rules say" },
    ),
    boost: Type.Optional(Type.Number({ minimum: 1, maximum: 100, default: defaultRankingBoost })),
    ...termFields,
    terms: Type.Optional(
      Type.Array(
        Type.Object(
          {
            by: Type.Union(rankingTerms.map((by) => Type.Literal(by))),
            weight: Type.Number({ minimum: 0.01, maximum: 100 }),
            ...termFields,
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: maxTerms },
      ),
    ),
  },
  { additionalProperties: false },
);

/** @param hasNumber whether products have numbers under an attribute code */
export function rankingFaults(
  setting: RankingSetting,
  at: string,
  hasNumber: (attribute: string) => boolean,
): readonly ErrorDetail[] {
  if (setting.by === "formula") {
    if (!setting.terms)
      return [{ path: `${at}/terms`, code: "missing", message: "a formula is made of at least one signal" }];
    return setting.terms.flatMap((term, index) => termFaults(term, `${at}/terms/${index}`, hasNumber));
  }
  const faults: ErrorDetail[] = [];
  if (setting.terms)
    faults.push({ path: `${at}/terms`, code: "notAllowed", message: "only a formula is made of several signals" });
  if (setting.by === "none" && setting.boost !== undefined)
    faults.push({ path: `${at}/boost`, code: "notAllowed", message: "there is nothing to boost without a ranking" });
  return [...faults, ...termFaults(setting, at, hasNumber)];
}

function termFaults(
  term: Pick<RankingSetting, "by" | "attribute" | "windowDays" | "direction">,
  at: string,
  hasNumber: (attribute: string) => boolean,
): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const isAttribute = term.by === "attribute";
  if (isAttribute && term.attribute === undefined)
    faults.push({ path: `${at}/attribute`, code: "missing", message: "name the attribute to order by" });
  if (isAttribute && term.attribute !== undefined && !hasNumber(term.attribute)) {
    const message = `${term.attribute} is no attribute with numbers or dates`;
    faults.push({ path: `${at}/attribute`, code: "unknownAttribute", message });
  }
  for (const field of ["attribute", "direction"] as const) {
    if (!isAttribute && term[field] !== undefined)
      faults.push({ path: `${at}/${field}`, code: "notAllowed", message: "belongs to a ranking by attribute" });
  }
  if (term.by !== "trending" && term.windowDays !== undefined)
    faults.push({ path: `${at}/windowDays`, code: "notAllowed", message: "belongs to a ranking by trend" });
  return faults;
}
