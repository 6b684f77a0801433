import type { Json, JsonObject, Reason } from "../api/shapes.ts";

export type BlockContent = {
  readonly html?: string;
  readonly json?: JsonObject;
  readonly link?: string;
  readonly alt?: string;
};

export type BlockVariant = BlockContent & {
  readonly name?: string;
  readonly storeViews?: readonly string[];
  readonly audiences?: readonly string[];
};

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

export type BlockTarget = {
  readonly selector: string;
  readonly action: (typeof domActions)[number];
  readonly view?: string;
};

export type BlockBody = BlockContent & {
  readonly placement: string;
  /** Lower first. */
  readonly priority: number;
  readonly audiences: readonly string[];
  readonly externalAudiences?: readonly string[];
  readonly rule?: Json;
  readonly dom?: BlockTarget;
  readonly locations?: readonly BlockLocation[];
  readonly variants?: readonly BlockVariant[];
  readonly cartPriceRules?: readonly string[];
  readonly catalogPriceRules?: readonly string[];
  readonly product?: string;
};

export const rotationModes = ["display_all", "random", "series", "shuffle"] as const;
export const rotationSources = ["specified", "cart_price_rules", "catalog_price_rules"] as const;

export type RotationBody = {
  readonly placement: string;
  readonly priority: number;
  readonly audiences: readonly string[];
  readonly rule?: Json;
  readonly mode: (typeof rotationModes)[number];
  readonly source: (typeof rotationSources)[number];
  /** Keys in order; of the source `specified` only. */
  readonly blocks?: readonly string[];
  readonly locations?: readonly BlockLocation[];
};

/** What somebody would see of a block as it stands in the form. */
export type BlockPreview = {
  readonly shown: boolean;
  readonly reasons: readonly Reason[];
  readonly value: (BlockContent & { readonly name?: string }) | null;
};

/** What somebody would see of a rotation over some page views. */
export type RotationPreview = {
  readonly shown: boolean;
  readonly reasons: readonly Reason[];
  readonly blocks: readonly {
    readonly key: string;
    readonly name: string;
    readonly shown: boolean;
    readonly reason: Reason;
    readonly count: number;
    readonly share: number;
    readonly value: BlockContent | null;
  }[];
  /** Keys of the blocks of each page view. */
  readonly views: readonly (readonly string[])[];
};

export type Visibility = {
  /** By which Adobe's storefront knows the block; absent before it is saved. */
  readonly number?: number;
  readonly people: {
    readonly count: number;
    readonly share: number;
    readonly total: number;
    readonly low: number;
    readonly high: number;
    readonly exactness: "exact" | "sampled" | "in_call";
    readonly isUpperBound: boolean;
  };
  readonly nobody: boolean;
  readonly warnings: readonly { readonly code: string; readonly text: string; readonly hides: boolean }[];
};
