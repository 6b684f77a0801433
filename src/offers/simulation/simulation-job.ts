// What goes between the process and the thread that replays orders: plain data only.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { AttributeSpec, RuleObject } from "../../kernel/rules/index.ts";
import type { CartRuleBody, PriceRuleGroupBody } from "../cart-rules/index.ts";
import type { SimulationReport } from "./report.ts";

export type RuleDefinition = LiveDefinition<CartRuleBody>;

/** A shopper as rules read him, without functions. */
export type PlainShopper = {
  readonly customerId: string | null;
  readonly customerGroup: string;
  readonly profile: RuleObject;
  /** Audiences that rules name, as they name them, with the time of entry. */
  readonly memberOf: Readonly<Record<string, number>>;
  readonly outsideSince: Readonly<Record<string, number>>;
  readonly eventTimes: Readonly<Record<string, readonly number[]>>;
  readonly lists: Readonly<Record<string, readonly RuleObject[]>>;
  /** By `category` or `category/channel`. */
  readonly consents: Readonly<Record<string, "granted" | "denied">>;
  readonly inLists: readonly string[];
  readonly bucketValue: string;
};

type PastFacts = {
  /** Unix milliseconds. */
  readonly at: number;
  readonly storeView: string;
  readonly currency: string;
  /** Whether a server told it: what a browser tells is a claim. */
  readonly isTrusted: boolean;
};

/** An order as it was stored. */
export type PastOrder = PastFacts & {
  readonly kind: "order";
  /** JSON text of the event's properties. */
  readonly properties: string;
};

/** An event that changed a cart. */
export type CartChange = {
  readonly id: string;
  readonly type: string;
  readonly sourceKind: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** JSON text. */
  readonly properties: string;
};

/** What became of a cart, in order of time. */
export type PastOpenCart = PastFacts & { readonly kind: "cart"; readonly changes: readonly CartChange[] };

export type Past = PastOrder | PastOpenCart;

export type ReplayStart = {
  readonly kind: "start";
  readonly live: readonly RuleDefinition[];
  readonly draft: readonly RuleDefinition[];
  readonly groups: readonly LiveDefinition<PriceRuleGroupBody>[];
  /** Keys of rules that differ between the two. */
  readonly changed: readonly string[];
  readonly attributes: readonly AttributeSpec[];
  /** Categories with the one above each; empty at the top. */
  readonly categories: readonly (readonly [path: string, parentPath: string])[];
  /** Units of a currency for one of another, by `from>to`. */
  readonly rates: Readonly<Record<string, string | number>>;
  readonly websites: Readonly<Record<string, string>>;
  readonly marginFactor: string | undefined;
  readonly maxCodes: number;
  readonly timezone: string;
  /** Costs of products are in it. */
  readonly currency: string;
  readonly nowMs: number;
  /** A line that leaves less of its price than this, 0 to 1, is below the floor. */
  readonly marginFloor: number;
};

/** Orders or carts, each with its shopper; replayed once the thread has the facts that it asks for. */
export type ReplayBatch = {
  readonly kind: "batch";
  readonly past: readonly { readonly past: Past; readonly shopper: PlainShopper }[];
};

/** Answers what a batch asks for. */
export type ReplayFacts = {
  readonly kind: "facts";
  readonly products: readonly (readonly [sku: string, facts: RuleObject])[];
  /** Rules of codes that do not stand in rules, by normalised code. */
  readonly codes: Readonly<Record<string, string>>;
};

/** What the thread has not been told yet. */
export type ReplayQuestion = {
  readonly kind: "asks";
  readonly skus: readonly string[];
  /** Normalised. */
  readonly codes: readonly string[];
};

export type ReplayRequest = ReplayStart | ReplayBatch | ReplayFacts | { readonly kind: "finish" };
export type ReplayAnswer =
  | { readonly kind: "ready" }
  | ReplayQuestion
  | { readonly kind: "done"; readonly report: SimulationReport }
  | { readonly kind: "failed"; readonly message: string };
