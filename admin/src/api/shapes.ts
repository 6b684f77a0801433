/** Answers of the native API as the admin reads them; the record is `docs/openapi.json`. */
export type Money = { readonly minor: number; readonly currency: string };
export type Page<T> = { readonly items: readonly T[]; readonly nextCursor?: string | null };
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type Scope = "read" | "edit" | "publish" | "admin" | "personal-data";

export type Session = {
  /** Null for a caller with a token, who does not come here. */
  readonly user: { readonly email: string; readonly role: string; readonly name: string } | null;
  readonly actor: string;
  readonly storeViews: readonly string[] | null;
  readonly scopes: readonly Scope[];
  readonly csrf: string | null;
};

export type DefinitionStatus = "draft" | "in_review" | "scheduled" | "live" | "paused" | "ended" | "archived";

export type DefinitionScope = { readonly storeViews: readonly string[] | null };
export type Schedule = { readonly from: string | null; readonly to: string | null; readonly timezone: string };

export type DefinitionSummary = {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly status: DefinitionStatus;
  readonly scope: DefinitionScope;
  readonly schedule: Schedule | null;
  readonly draftStatus: "draft" | "in_review" | null;
  readonly everLive: boolean;
  readonly version: number;
  readonly liveVersion: number | null;
  readonly draftVersion: number | null;
  /** A version that replaces the live one at `publishAt`. */
  readonly pendingVersion: number | null;
  readonly publishAt: string | null;
  readonly updatedAt: string;
  readonly updatedBy: string;
};

export type Definition<B> = DefinitionSummary & {
  readonly body: B;
  readonly etag: number;
};

export type CatalogProduct = {
  readonly sku: string;
  readonly parentSku?: string | null;
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly brand?: string | null;
  readonly categories: readonly string[];
  readonly price: Money | null;
  readonly specialPrice?: Money | null;
  readonly finalPrice: Money | null;
  readonly inStock: boolean;
  readonly qty: number | null;
  readonly visibility?: string;
  readonly attributes?: Readonly<Record<string, Json>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly variants?: readonly (string | CatalogProduct)[];
  readonly images: readonly string[];
  readonly url?: string;
  readonly rating?: { readonly average: number; readonly count: number } | null;
  readonly updatedAt?: number | string;
};

export type RecommendedItem = {
  readonly sku: string;
  readonly name?: string;
  readonly url?: string;
  readonly image?: string | null;
  readonly price?: Money | null;
  readonly finalPrice?: Money | null;
  readonly score?: number;
  readonly reasons?: readonly Reason[];
  readonly isFallback?: boolean;
};

export type Reason = { readonly code: string; readonly text?: string };
