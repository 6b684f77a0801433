// What people edit of offers. A policy at a placement names collections of offers, in order; each offer says who may have it, how often,
// and how it looks at each placement.
import type { JsonObject, JsonValue, Money } from "../../kernel/index.ts";

export const channels = ["web", "app", "email", "sms", "push", "pos", "other"] as const;
export const contentTypes = ["html", "json", "link", "asset", "text"] as const;
export type ContentType = (typeof contentTypes)[number];

/** A place that offers are made for: what fits there. */
export type OfferPlacementBody = {
  /** Name of the place in decision calls, e.g. `home.hero`. */
  readonly placement: string;
  readonly channel: (typeof channels)[number];
  readonly contentType: ContentType;
  readonly width?: number;
  readonly height?: number;
  /** The component of the page or message that shows it. */
  readonly componentId?: string;
};

/** How an offer looks at one placement; the field that the placement's content type names is set. */
export type Representation = {
  /** Key of an `offer-placement`. */
  readonly placement: string;
  /** Store views it is for; absent = all. The first that fits is shown. */
  readonly storeViews?: readonly string[];
  readonly html?: string;
  readonly json?: JsonObject;
  readonly link?: string;
  /** Id of an asset. */
  readonly asset?: string;
  readonly text?: string;
  readonly alt?: string;
};

export const periodUnits = ["day", "week", "month"] as const;
export const countedKinds = ["decision", "impression", "click", "custom"] as const;

/** At most so many times; an offer that has come so far is not eligible until the period is over. */
export type CapRule = {
  readonly counted: (typeof countedKinds)[number];
  /** Of `custom`: the name of the event; each event of it counts for which the rule holds. */
  readonly event?: string;
  readonly rule?: JsonValue;
  /** From 1 on. */
  readonly limit: number;
  /** For each profile by itself, or for everybody together. */
  readonly per: "profile" | "total";
  /** Each placement by itself, or all together; default `all`. */
  readonly placements?: "each" | "all";
  /** Absent = ever. Periods follow the calendar of the deployment's time zone; weeks begin on Monday. */
  readonly period?: { readonly every: number; readonly unit: (typeof periodUnits)[number] };
  /**
   * A stock, of everybody together or of each person: a piece is held before the offer is shown, and free again unless the event comes
   * in time. Never passed, whatever comes at once. Default false.
   */
  readonly hard?: boolean;
  /** Of a hard limit: how long a piece is held for its event; 1 to 1,440, default 30. */
  readonly holdMinutes?: number;
};

/** Who may have something: one or all of the audiences, and the rule. */
export type Eligibility = {
  /** Audience keys; empty = everybody. */
  readonly audiences: readonly string[];
  /** Default `any`. */
  readonly audienceMatch?: "any" | "all";
  readonly rule?: JsonValue;
};

/** A cart price rule that the offer is about: when it ends, so does the offer. */
export type RuleLink = {
  readonly key: string;
  /**
   * `live`: it may be used; `applies`: it would change the cart in hand; `near`: it does not apply yet, for want of at most
   * `lacksAtMost` and of nothing else. Default `live`.
   */
  readonly when?: "live" | "applies" | "near";
  readonly lacksAtMost?: Lack;
  /** The offer comes with a code of the rule's pool, for this person alone and always the same one. */
  readonly personalCode?: {
    /** Also for visitors of whom only the device is known; default false: for them the offer is out. */
    readonly guests?: boolean;
  };
};

/** So much more is to go into the cart. */
export type Lack = Money | { readonly quantity: number };

export type OfferBody = Eligibility & {
  /** Higher first, unlike the priority of rules and blocks. */
  readonly priority: number;
  readonly representations: readonly Representation[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly tags?: readonly string[];
  readonly caps?: readonly CapRule[];
  /** A consent category that must be granted. */
  readonly consent?: string;
  /** Always eligible: no audiences, rule or caps. */
  readonly fallback?: boolean;
  readonly cartRule?: RuleLink;
};

export type CollectionBody =
  | { readonly offers: readonly string[] }
  | {
      /** An offer has one of `any` and all of `all`. */
      readonly tags?: { readonly any?: readonly string[]; readonly all?: readonly string[] };
      readonly attributes?: readonly { readonly name: string; readonly value: string | number | boolean }[];
    };

/** What a model learns: which offer leads to an event. */
export type ModelSettings = {
  /** `click`, or the name of an event such as `orderPlaced`. Default `click`. */
  readonly goal?: string;
  /** Hours after the decision in which the event counts; default 24. */
  readonly windowHours?: number;
  /** Whether visitors differ; default true. */
  readonly personalised?: boolean;
  /** Audiences that the model tells apart, at most 8. */
  readonly audiences?: readonly string[];
  /** Share of decisions made by chance: among little-known offers, without a model among all; 0 to 0.5, default 0.1. */
  readonly explorationShare?: number;
};

export type Ranking =
  | { readonly method: "priority" }
  | { readonly method: "formula"; readonly formula: string; readonly model?: ModelSettings }
  | { readonly method: "model"; readonly model: ModelSettings };

export type StrategyEntry = Partial<Eligibility> & {
  readonly type: "strategy";
  /** Told in answers; unique in the policy. */
  readonly name: string;
  /** Key of an `offer-collection`. */
  readonly collection: string;
  readonly ranking: Ranking;
};
export type SingleEntry = { readonly type: "offer"; readonly offer: string };

export type PolicyBody = Eligibility & {
  /** Keys of `offer-placement`. */
  readonly placements: readonly string[];
  /** Among everything that is to be shown at the same placement; lower first. */
  readonly priority: number;
  readonly wanted: number;
  /** Served in order until the wanted number is reached. */
  readonly entries: readonly (StrategyEntry | SingleEntry)[];
  /** Key of the fallback offer. */
  readonly fallback?: string;
  /** Needed where there is no fallback. */
  readonly emptyAllowed?: boolean;
};

export const limits = {
  attributes: 30,
  attributeBytes: 1_024,
  caps: 10,
  collection: 500,
  entries: 10,
  wanted: 30,
  placements: 30,
  representations: 60,
  tags: 50,
  modelAudiences: 8,
} as const;

export function isStrategy(entry: StrategyEntry | SingleEntry): entry is StrategyEntry {
  return entry.type === "strategy";
}
