/** Answers of the asset library; see docs/openapi.json. */
export const rightsStates = ["valid", "expiring", "expired", "notYet"] as const;
export const assetFormats = ["jpeg", "png", "webp", "gif", "avif"] as const;

export type AssetFile = {
  readonly format: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** More than 1 for an animation. */
  readonly frames: number;
};

/** From the left and the top, 0 to 1. */
export type FocalPoint = { readonly x: number; readonly y: number };

export type Asset = AssetFile & {
  readonly id: string;
  /** How content names the picture; `/<size>` may follow. */
  readonly reference: string;
  readonly name: string;
  readonly folder: string;
  readonly tags: readonly string[];
  /** By language; the empty one serves all others. */
  readonly alt: Readonly<Record<string, string>>;
  readonly focalPoint: FocalPoint | null;
  readonly rights: {
    readonly from: string | null;
    readonly until: string | null;
    readonly note: string;
    readonly state: (typeof rightsStates)[number];
  };
  readonly status: "active" | "archived";
  readonly version: number;
  readonly url: string | null;
  readonly thumbnailUrl: string | null;
  readonly etag: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
};

/** What people write about a picture; what is left out stays. */
export type AssetChange = {
  readonly name?: string;
  readonly folder?: string;
  readonly tags?: readonly string[];
  readonly alt?: Readonly<Record<string, string>>;
  readonly focalPoint?: FocalPoint | null;
  readonly rights?: { readonly from: string | null; readonly until: string | null; readonly note: string };
};

export type AssetVersion = AssetFile & {
  readonly version: number;
  readonly fileName: string;
  readonly note: string;
  readonly restoredFrom: number | null;
  readonly createdAt: string;
  readonly createdBy: string;
};

export type AssetUse = {
  readonly kind: string;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly status: string;
  readonly isLive: boolean;
  readonly path: string;
};

export type Folders = {
  readonly folders: readonly { readonly path: string; readonly assets: number }[];
  readonly tags: readonly { readonly tag: string; readonly assets: number }[];
};

export type RenditionBody = {
  readonly width?: number;
  readonly height?: number;
  readonly fit?: "inside" | "cover";
  readonly format?: "auto" | "jpeg" | "png" | "webp" | "avif";
  readonly quality?: number;
};
export type Rendition = RenditionBody & { readonly name: string };

/** Shows a picture whatever its status and rights, for those who are signed in. */
export function editorUrl({ id, version, etag }: Pick<Asset, "id" | "version" | "etag">, size: string): string {
  // The version makes a browser ask again for a replaced file or a moved focal point.
  return `/v1/assets/${id}/file?size=${encodeURIComponent(size)}&v=${version}-${etag}`;
}
