import type { JsonObject, JsonValue } from "../../kernel/index.ts";

/** What a visitor gets to see: one of `html` and `json` at least. */
export type BlockContent = {
  /** Markup with placeholders; sanitised before anybody gets it. */
  readonly html?: string;
  /** What clients get that render by themselves; its texts may hold placeholders. */
  readonly json?: JsonObject;
  readonly link?: string;
  readonly alt?: string;
};

/** Content for some store views and audiences; where both are named, both must fit. */
export type BlockVariant = BlockContent & {
  readonly name?: string;
  /** Empty or absent = all. */
  readonly storeViews?: readonly string[];
  /** Any of them; empty or absent = everybody. */
  readonly audiences?: readonly string[];
};

/** Where on a page a block may stand, as Adobe Commerce names its kinds of blocks. */
export const blockLocations = ["content", "header", "footer", "left", "right"] as const;
export type BlockLocation = (typeof blockLocations)[number];

export const domActions = [
  "setHtml",
  "replaceHtml",
  "insertBefore",
  "insertAfter",
  "prependHtml",
  "appendHtml",
] as const;

/** An element of the page and what happens to it; `view` limits it to one view of a single-page shop. */
export type BlockTarget = {
  readonly selector: string;
  readonly action: (typeof domActions)[number];
  readonly view?: string;
};

/**
 * A dynamic block: content for one placement and some of the visitors. Its own content is the default; the first variant that fits
 * the visitor takes its place.
 */
export type BlockBody = BlockContent & {
  readonly placement: string;
  /** Lower first: the first block that a visitor may see is shown. */
  readonly priority: number;
  /** Audience keys; a visitor in any of them sees the block; empty = everybody. */
  readonly audiences: readonly string[];
  /** Audiences that came from elsewhere, the activated audiences of Adobe: any of them, and any of `audiences`. */
  readonly externalAudiences?: readonly string[];
  /** A further condition of the rule language; all must hold. */
  readonly rule?: JsonValue;
  /** Where clients that render by themselves put the markup. */
  readonly dom?: BlockTarget;
  /** Empty or absent = anywhere. */
  readonly locations?: readonly BlockLocation[];
  /** First match wins. */
  readonly variants?: readonly BlockVariant[];
  /** Keys of cart price rules: shown only while one of the price rules named here or below applies to the shopper. */
  readonly cartPriceRules?: readonly string[];
  readonly catalogPriceRules?: readonly string[];
  /** SKU that `{{product.…}}` is about; absent = the product of the page. */
  readonly product?: string;
};

/** What a visitor gets of a block. */
export type BlockValue = {
  readonly blockId: string;
  readonly name: string;
  /** Sanitised markup, placeholders filled. */
  readonly html?: string;
  readonly link?: string;
  readonly alt?: string;
  readonly dom?: BlockTarget;
  readonly json?: JsonObject;
};

/** Link targets a block may carry: absolute http(s) or a path of the shop. */
export function isSafeLink(link: string): boolean {
  // Browsers read a backslash as a slash, and drop tabs and line ends.
  if (/[\\\t\r\n]/.test(link)) return false;
  if (link.startsWith("/")) return !link.startsWith("//");
  return URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
}
