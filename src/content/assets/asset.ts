import type { Page } from "../../kernel/index.ts";

/** Picture formats that are taken, told by their content. */
export const assetFormats = ["jpeg", "png", "webp", "gif", "avif"] as const;
export type AssetFormat = (typeof assetFormats)[number];

export const mediaTypeOf: Readonly<Record<AssetFormat, string>> = {
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
};

/** A point of the picture that a crop keeps; 0 to 1 from the left and the top. */
export type FocalPoint = { readonly x: number; readonly y: number };

/** From when until when the picture may be shown, half-open, Unix milliseconds; null = no bound. */
export type AssetRights = { readonly fromMs: number | null; readonly untilMs: number | null; readonly note: string };

export type AssetStatus = "active" | "archived" | "deleted";

/** One stored file. */
export type AssetFile = {
  /** Of the stored bytes, and their name in the store. */
  readonly sha256: string;
  /** Of the bytes as they were sent. */
  readonly uploadSha256: string;
  readonly format: AssetFormat;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** More than 1 for an animation. */
  readonly frames: number;
};

export type AssetVersion = AssetFile & {
  readonly version: number;
  readonly fileName: string;
  readonly note: string;
  /** The version whose file this one shows again. */
  readonly restoredFrom: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
};

/** What people write about a picture. */
export type AssetFields = {
  readonly name: string;
  /** Path such as `banners/summer`; empty = top. */
  readonly folder: string;
  readonly tags: readonly string[];
  /** Text in place of the picture, by locale; the empty locale serves all others. */
  readonly alt: Readonly<Record<string, string>>;
  readonly focalPoint: FocalPoint | null;
  readonly rights: AssetRights;
};

/** One picture of the library with its newest file. */
export type Asset = AssetFields & {
  readonly id: string;
  readonly status: AssetStatus;
  readonly version: number;
  readonly etag: number;
  readonly file: AssetFile;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
};

export type AssetPage = Page<Asset>;

/** Who changes the library. `storeViews` null = may change what all store views show. */
export type AssetEditor = {
  readonly actor: string;
  readonly via: "ui" | "api" | "cli";
  readonly storeViews: readonly string[] | null;
  readonly requestId?: string;
};

/** A definition that shows an asset. */
export type AssetUse = {
  readonly kind: string;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly status: string;
  readonly isLive: boolean;
  readonly path: string;
};
