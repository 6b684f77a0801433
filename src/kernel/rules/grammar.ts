/**
 * The rule language: one tree for audiences, blocks, offers, related products, experiments and journeys. Every node is
 * an object with exactly one key. Unknown input becomes a `RuleNode` only through `validateRule`.
 */

/** `profile.gender`, `event.properties.searchQuery`; a dot inside a key is written `\.`. */
export type Path = string;
/** `"<integer>(s|m|h|d|w)"`, e.g. `"14d"`; a day is 24 hours. */
type Duration = string;
/** A JSON number, or decimal text such as `"33.33"` where a binary float would not be exact. */
export type DecimalInput = number | string;
type MoneyInput = { readonly minor: DecimalInput; readonly currency: string };

export type Comparison = "eq" | "neq" | "gt" | "gte" | "lt" | "lte";

export type Operator =
  | Comparison
  | "in"
  | "not_in"
  | "contains"
  | "not_contains"
  | "contains_any"
  | "contains_all"
  | "not_contains_all"
  | "starts_with"
  | "not_starts_with"
  | "ends_with"
  | "not_ends_with"
  | "regex"
  | "not_regex"
  | "between"
  | "is_true"
  | "is_false"
  | "within_last"
  | "within_next"
  | "before_last"
  | "after_next"
  | "anniversary_within"
  | "any_match"
  | "none_match"
  | "size"
  | "type_is"
  | "exists"
  | "not_exists";

type Literal = string | number | boolean | null | MoneyInput | { readonly [key: string]: unknown };

/** Another attribute on the right-hand side: `percent` multiplies first, then `plus` adds. */
type Reference = {
  readonly ref: Path;
  readonly percent?: DecimalInput;
  readonly plus?: DecimalInput | MoneyInput;
  readonly relation?: "children";
};
type ListReference = { readonly list: string };
type RuleValue = Literal | readonly Literal[] | Reference | ListReference;

export type Window =
  | { readonly last: Duration }
  | { readonly between: readonly [Duration, Duration] }
  | { readonly before: Duration }
  | { readonly from?: string; readonly to?: string; readonly timezone: string }
  | { readonly since?: string; readonly until?: string }
  | {
      readonly calendar: "day" | "week" | "month" | "quarter" | "year";
      readonly offset?: number;
      readonly timezone: string;
    }
  | { readonly session: Duration };

export type AttributeLeaf = {
  readonly path: Path;
  readonly op: Operator;
  readonly value?: RuleValue;
  readonly where?: RuleNode;
  readonly caseSensitive?: boolean;
  readonly timezone?: string;
};

/** What an `items` node ranges over. */
export type Collection = "cart" | "order" | "wishlist" | "viewed" | "ordered" | "orders" | "addresses" | "event";
export type Measure = "count" | "quantity" | "amount" | "average_quantity" | "average_amount";

export type ItemsLeaf = {
  readonly of: Collection;
  readonly where?: RuleNode;
  readonly window?: Window;
  readonly statuses?: readonly string[];
  readonly match?: "some" | "none" | "every";
  readonly measure?: Measure;
  readonly op?: Comparison;
  readonly value?: DecimalInput | MoneyInput | readonly MoneyInput[] | Reference;
};

export type EventNames = string | readonly string[];
export type CountTest = { readonly op: Comparison; readonly value: number };
export type Aggregate = {
  readonly fn: "sum" | "average" | "min" | "max";
  readonly path: Path;
  readonly op: Comparison;
  readonly value: DecimalInput | MoneyInput;
};

export type EventLeaf = {
  readonly name: EventNames;
  readonly where?: RuleNode;
  readonly window?: Window;
  readonly count?: CountTest;
  readonly distinct?: Path;
  readonly aggregate?: Aggregate;
  readonly account?: "any" | "none" | "all";
};

type StepEvent = { readonly name: EventNames; readonly where?: RuleNode };
export type SequenceStep = StepEvent & {
  readonly within?: Duration;
  readonly notBetween?: readonly StepEvent[];
  readonly same?: readonly { readonly step: number; readonly path: Path; readonly otherPath: Path }[];
};
export type SequenceLeaf = { readonly steps: readonly SequenceStep[]; readonly window?: Window };

export type AudienceLeaf = {
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly member?: boolean;
  readonly for?: Duration;
};
export type SubscriptionLeaf = { readonly group: string; readonly status: "subscribed" | "unsubscribed" | "pending" };
export type ConsentLeaf = {
  readonly category: string;
  readonly status: "granted" | "denied" | "unset";
  readonly channel?: string;
};
export type JourneyLeaf = {
  readonly id: string;
  readonly state: "active" | "completed" | "exited" | "never";
  readonly within?: Duration;
};
export type MessageEvent = "sent" | "delivered" | "opened" | "clicked" | "bounced" | "complained";
export type MessageLeaf = {
  readonly template?: string;
  readonly journey?: string;
  readonly channel?: string;
  readonly event: MessageEvent;
  readonly count?: CountTest;
  readonly window?: Window;
};
export type BucketLeaf = { readonly salt: string; readonly from: number; readonly to: number };
export type GeoLeaf = {
  readonly path: Path;
  readonly within: { readonly lat: number; readonly lon: number; readonly km: number };
};

/** A rule, or a part of one. */
export type RuleNode =
  | { readonly all: readonly RuleNode[] }
  | { readonly any: readonly RuleNode[] }
  | { readonly not: RuleNode }
  | { readonly everyone: true }
  | { readonly attribute: AttributeLeaf }
  | { readonly items: ItemsLeaf }
  | { readonly event: EventLeaf }
  | { readonly sequence: SequenceLeaf }
  | { readonly audience: AudienceLeaf }
  | { readonly subscription: SubscriptionLeaf }
  | { readonly consent: ConsentLeaf }
  | { readonly journey: JourneyLeaf }
  | { readonly message: MessageLeaf }
  | { readonly bucket: BucketLeaf }
  | { readonly list: { readonly id: string } }
  | { readonly geo: GeoLeaf };

/** Negative operators and the positive one that each of them is the exact complement of. */
export const complementOf: Readonly<Partial<Record<Operator, Operator>>> = {
  neq: "eq",
  not_in: "in",
  not_contains: "contains",
  not_starts_with: "starts_with",
  not_ends_with: "ends_with",
  not_regex: "regex",
  not_contains_all: "contains_all",
  none_match: "any_match",
  is_false: "is_true",
  not_exists: "exists",
};
