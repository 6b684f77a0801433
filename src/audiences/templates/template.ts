/**
 * A template is an audience that only wants its numbers: a rule with parameters, each with a default that makes sense in most shops.
 * Its tree is plain rule language, so that what is made from it is edited like any other audience.
 */
import type { Money } from "../../kernel/index.ts";

/** What a parameter takes; amounts are money in any currency, `days` and `hours` whole numbers. */
export type ParameterType =
  | "integer"
  | "ratio"
  | "number"
  | "money"
  | "days"
  | "hours"
  | "text"
  | "texts"
  | "date"
  | "boolean"
  | "choice"
  | "choices"
  | "category"
  | "brand";

export type ParameterValue = string | number | boolean | Money | readonly string[];

export type TemplateParameter = {
  readonly key: string;
  readonly label: string;
  readonly type: ParameterType;
  /** What the number counts, for display: `days`, `orders`, `share, 0 to 1`. */
  readonly unit?: string;
  /** Absent: the author must say. Amounts are given in minor units of the shop's currency. */
  readonly fallback?: ParameterValue;
  readonly min?: number;
  readonly max?: number;
  /** Values that a choice may take. */
  readonly options?: readonly string[];
  /** A choice may be left open: any text of at most 200 characters. */
  readonly open?: boolean;
};

/** Parameters as the tree reads them, checked. */
export type TemplateValues = {
  readonly number: (key: string) => number;
  readonly text: (key: string) => string;
  readonly texts: (key: string) => readonly string[];
  readonly money: (key: string) => Money;
  /** `30d`, `2h`. */
  readonly duration: (key: string) => string;
  readonly boolean: (key: string) => boolean;
};

export type TemplateGroup =
  | "customer"
  | "address"
  | "cart"
  | "products"
  | "sales"
  | "recency"
  | "value"
  | "behaviour"
  | "groups"
  | "library";

export type AudienceTemplate = {
  readonly key: string;
  readonly label: string;
  readonly group: TemplateGroup;
  /** Whom it selects. */
  readonly description: string;
  /** Why the choice tells these people from others. */
  readonly why: string;
  readonly parameters: readonly TemplateParameter[];
  readonly tree: (values: TemplateValues) => unknown;
};

/** What of the shop the defaults depend on. */
export type ShopFacts = {
  /** ISO 4217 */
  readonly currency: string;
  /** A category and a brand that people know; undefined when the catalog has none. */
  readonly category: string | undefined;
  readonly brand: string | undefined;
};
