// One XDM event, complete in itself: what the request said beside it is merged in, so that a dead letter can be read again.
import { isObject, type JsonObject } from "../../../kernel/index.ts";
import type { Loose } from "../values.ts";

/** Store dimension of an event, as `commerce.commerceScope` names it. */
export type ShopScope = {
  readonly environment?: string;
  readonly website?: string;
  readonly store?: string;
  readonly storeView?: string;
};

/** What earlier events of the same browser said and this one leaves out (D6, D11). */
export type Visit = {
  readonly scope?: ShopScope;
  readonly search?: { readonly id: string; readonly query?: string };
};

/** A proposition of ours whose token was checked: what was decided. */
export type CheckedProposition = {
  readonly decisionId: string;
  readonly placement: string;
  readonly activityId: string;
};

export type XdmUnit = {
  readonly xdm: Loose;
  readonly data?: Loose;
  /** The ECID that the call was resolved to. */
  readonly ecid?: string;
  /** Another ECID of the same browser: its cookie named one, the event another. */
  readonly otherEcid?: string;
  readonly requestId?: string;
  readonly index: number;
  /** Set where `_id` and request do not tell repeats apart. */
  readonly messageId?: string;
  /** Sec-CH-UA-Mobile of the request. */
  readonly isMobile?: boolean;
  readonly visit?: Visit;
  readonly proposition?: CheckedProposition;
  /** What the person decided with this event, by our categories. */
  readonly consent?: Readonly<Record<string, boolean>>;
  /** Properties that only the Snowplow twin of the event had. */
  readonly twin?: JsonObject;
  /** From a browser: channel and time zone of the web apply. */
  readonly isBrowser?: boolean;
};

/** Tells a unit from a native event: both may come from a server source. */
export function isXdmUnit(raw: unknown): raw is XdmUnit {
  return isObject(raw) && isObject(raw["xdm"]) && raw["type"] === undefined;
}
