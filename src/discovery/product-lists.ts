import type { ProductPrices } from "../catalog/index.ts";
import type { JsonObject } from "../kernel/index.ts";
import type { FoundProfile } from "../profiles/index.ts";
import type { ItemReason, RuleEffect, SearchRequest, SearchResult } from "../search/index.ts";

/** What is listed: the answer to a query, or a category. */
export type ListSubject =
  | { readonly kind: "search"; readonly q: string }
  | { readonly kind: "category"; readonly path: string };

/** Who looks; a list that cannot be personal, because the profile could not be read, is still a list. */
export type ListVisitor = FoundProfile | { readonly ok: false; readonly reason: "unavailable" };

/** One list of products for one shopper. Every client's way to a list ends here. */
export type ListRequest = {
  readonly subject: ListSubject;
  readonly search: Pick<SearchRequest, "filters" | "facets" | "sort" | "limit" | "offset" | "asYouType" | "explain">;
  readonly visitor: ListVisitor;
  /** `namespace:value` of the visitor as the client knows them; empty = none. */
  readonly identityKey: string;
  readonly storeView: string;
  /** Stated by the shop's server; default: the group of the visitor's profile. */
  readonly customerGroup?: string;
  /** What rules may ask of the call: device, page, campaign. */
  readonly context?: JsonObject;
  /** What a client without a profile says that its shopper looked at, newest first. */
  readonly viewed?: readonly string[];
  /** False: no exploring slot and no shuffle in this list. */
  readonly explore?: boolean;
  /** A merchandiser's look at the list: nothing is logged. */
  readonly preview?: ListPreview;
};

export type ListPreview = {
  /** Unix milliseconds; default now. */
  readonly asOf?: number;
  /** The list without any rule. */
  readonly isRulesOff?: boolean;
  /** A rule as it is being edited: takes the place of the live one, whatever its dates. */
  readonly draft?: {
    readonly kind: string;
    readonly id: string;
    readonly body: JsonObject;
    /** Default: that of the live definition. */
    readonly name?: string;
    /** Default: that of the live definition; null = all store views. */
    readonly storeViews?: readonly string[] | null;
  };
};

/** A rule that was looked at for this list. */
export type ConsideredRule = {
  readonly kind: string;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly isApplied: boolean;
  /** Why it applies, or lost, or to whom. */
  readonly reason: string;
};

export type ListAnswer = SearchResult & {
  readonly decisionId: string;
  readonly reasons: readonly ItemReason[];
  /** Where the shopper should be sent instead of this list. */
  readonly redirect: { readonly url: string } | null;
  readonly rules: readonly ConsideredRule[];
  readonly effectsOf: (sku: string) => readonly RuleEffect[];
  /** What products cost the visitor, for clients that show more of a product than the list does; absent = what the catalog says. */
  readonly prices?: ProductPrices;
};

/** Synchronous, from memory; logs what it answers. @throws {ClienteleError} as `Search.search` does */
export type AnswerList = (request: ListRequest) => ListAnswer;
