/** An amount in integer minor units (cents, yen, fils) of an ISO 4217 currency. */
export type Money = { readonly minor: number; readonly currency: string };

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** One product line of an event. `rank` counts from 1. */
export type Item = {
  readonly sku: string;
  readonly parentSku?: string;
  readonly name?: string;
  readonly qty?: number;
  readonly unitPrice?: Money;
  readonly lineTotal?: Money;
  readonly discount?: Money;
  readonly options?: Readonly<Record<string, string>>;
  readonly categories?: readonly string[];
  readonly rank?: number;
};

export type ConsentCategory = "analytics" | "personalisation" | "marketing" | "advertising";
/** Explicit choices of the shopper; a category that is absent was not decided. */
export type ConsentChoices = { readonly [category in ConsentCategory]?: boolean };

export type PageContext = {
  readonly url?: string;
  readonly title?: string;
  /** Kind of page, e.g. `home`, `category`, `product`, `cart`. */
  readonly type?: string;
  readonly referrer?: string;
};

export type EventContext = {
  readonly page?: PageContext;
  readonly device?: "desktop" | "mobile" | "tablet";
  readonly locale?: string;
  readonly storeView?: string;
  readonly timezone?: string;
  readonly screen?: { readonly width: number; readonly height: number; readonly density: number };
  readonly campaign?: {
    readonly source?: string;
    readonly medium?: string;
    readonly name?: string;
    readonly term?: string;
    readonly content?: string;
  };
  readonly sessionId?: string;
  readonly consent?: { readonly categoryPreferences: ConsentChoices };
  readonly library?: { readonly name: string; readonly version: string };
  readonly [key: string]: unknown;
};

/** One event as it goes over the wire. */
export type WireEvent = {
  readonly messageId: string;
  readonly type: string;
  readonly timestamp: string;
  readonly anonymousId?: string;
  readonly customerId?: string;
  readonly email?: string;
  readonly identityToken?: string;
  readonly context: EventContext;
  readonly properties: Readonly<Record<string, unknown>>;
};

/** A signed-in shopper. `identityToken` is made and signed by the shop's server and proves the other two. */
export type Person = {
  readonly customerId?: string;
  readonly email?: string;
  readonly identityToken?: string;
};

export type Reason = { readonly code: string; readonly text: string; readonly [key: string]: unknown };

/** Content of a dynamic block. */
export type BlockValue = {
  readonly blockId: string;
  readonly name?: string;
  readonly html?: string;
  readonly json?: unknown;
  readonly link?: string;
};

export type RecommendedItem = {
  readonly sku: string;
  readonly name: string;
  readonly url: string;
  readonly image?: string | null;
  readonly price?: Money | null;
  readonly finalPrice?: Money | null;
  readonly rating?: { readonly average: number; readonly count: number } | null;
  readonly score?: number;
  readonly reasons?: readonly Reason[];
};

/** Content of a recommendation unit, best item first. */
export type UnitValue = {
  readonly unitId: string;
  readonly label: string;
  readonly strategy?: string;
  readonly items: readonly RecommendedItem[];
};

type DecisionFrame = {
  readonly placement: string;
  readonly decisionId: string;
  readonly reasons: readonly Reason[];
  readonly explain?: unknown;
};

/** What the shopper sees at one placement. `kind` and `value` are null where nothing qualified. */
export type Decision =
  | (DecisionFrame & { readonly kind: "block"; readonly value: BlockValue })
  | (DecisionFrame & { readonly kind: "recommendations" | "related-products"; readonly value: UnitValue })
  | (DecisionFrame & { readonly kind: null; readonly value: null });

/** Products in a row, whether learned or by rules. A server may know kinds that this client does not. */
export function isUnit(
  decision: Decision,
): decision is Extract<Decision, { readonly kind: "recommendations" | "related-products" }> {
  return !!(decision.value as Partial<UnitValue> | null)?.items;
}

/** A failure that the application may want to log; nothing is thrown from tracking. */
export type ClienteleFault = {
  /**
   * `rejected` and `tooLarge` concern single events, `dropped` a refused batch or the oldest of a full queue,
   * `identityToken` asks for a new token; `network`, `timeout` and `http` belong to calls that wait for an answer.
   */
  readonly code: "rejected" | "tooLarge" | "dropped" | "identityToken" | "network" | "timeout" | "http";
  readonly message: string;
  readonly status?: number;
  readonly events?: readonly WireEvent[];
};
