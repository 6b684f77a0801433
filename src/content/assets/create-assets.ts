import { join } from "node:path";
import type { AuditTrail } from "../../access/index.ts";
import type { Clock, Logger } from "../../kernel/index.ts";
import { decodeTimeCursor, toPage } from "../../kernel/index.ts";
import type { AssetPage, AssetUse } from "./asset.ts";
import { type AssetFact, createAssetIndex } from "./asset-index.ts";
import { type Blobs, removeParts } from "./blobs.ts";
import { createAssetEditing } from "./edit-assets.ts";
import { assetIdsIn, fillAssets } from "./references.ts";
import { createRenditionCache } from "./rendition-cache.ts";
import { builtInRenditions, originalName, type RenditionBody, renditionTag } from "./renditions.ts";
import { isCovered, rightsState } from "./rights.ts";
import { createRenditionServer } from "./serve-renditions.ts";
import type { AssetFilter, AssetStore } from "./store.ts";

export type AssetsDeps = {
  readonly store: AssetStore;
  readonly blobs: Blobs;
  readonly audit: Pick<AuditTrail, "record">;
  /** Definitions whose text holds this id. */
  readonly usesOf: (id: string) => Promise<readonly AssetUse[]>;
  /** Sizes that the shop added, live ones. */
  readonly ownRenditions: () => readonly { readonly key: string; readonly body: RenditionBody }[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Folder of this process for uploads under way and made sizes. */
  readonly workFolder: string;
  /** Default 20 MB. */
  readonly maxUploadBytes?: number | undefined;
  /** Disk that made sizes may take; default 1 GB. */
  readonly maxCacheBytes?: number | undefined;
};

/** Why a picture cannot be shown now. */
export type UnusableAsset = { readonly id: string; readonly why: "missing" | "archived" | "expired" | "notYet" };

/** The library as far as content needs it that is shown to visitors. */
export type Pictures = {
  /** Pictures of a frozen content that must not be shown at a time. */
  readonly unusableIn: (content: object, nowMs: number) => readonly UnusableAsset[];
  /** Puts addresses in place of the names of pictures. */
  readonly fillIn: <T>(content: T) => T;
  /** The text in place of a picture, in a locale; undefined without one. */
  readonly altOf: (id: string, locale: string) => string | undefined;
  /** Whether the library has a picture of this id. */
  readonly has: (id: string) => boolean;
};

const defaultUploadBytes = 20 * 1024 ** 2;
const defaultCacheBytes = 1024 ** 3;
/** Bytes that nothing shows for so long are removed; an upload under way is younger. */
const orphanMs = 86_400_000;

/** The library of pictures. Call `start` before the first request. */
export function createAssets(deps: AssetsDeps) {
  const { store, blobs, clock, logger } = deps;
  const uploadFolder = join(deps.workFolder, "uploads");
  const maxUploadBytes = deps.maxUploadBytes ?? defaultUploadBytes;
  const index = createAssetIndex(store);
  const editing = createAssetEditing({ ...deps, index, uploadFolder, maxUploadBytes });
  const findRendition = (name: string): RenditionBody | undefined =>
    builtInRenditions.get(name) ?? deps.ownRenditions().find(({ key }) => key === name)?.body;
  const renditions = createRenditionServer({
    blobs,
    cache: createRenditionCache(
      join(deps.workFolder, "renditions"),
      deps.maxCacheBytes ?? defaultCacheBytes,
      clock.now,
    ),
    find: findRendition,
  });

  const whyUnusable = (fact: AssetFact | undefined, nowMs: number): UnusableAsset["why"] | undefined => {
    if (!fact || fact.status === "deleted") return "missing";
    if (fact.status === "archived") return "archived";
    if (isCovered(fact.rights, nowMs)) return undefined;
    return rightsState(fact.rights, nowMs) === "expired" ? "expired" : "notYet";
  };

  /** The public path of a picture; it changes whenever the bytes behind it do. Undefined for an unknown asset or size. */
  const addressOf = (id: string, rendition = originalName): string | undefined => {
    const fact = index.find(id);
    const body = findRendition(rendition);
    if (!fact || fact.status === "deleted" || (body === undefined && rendition !== originalName)) return undefined;
    const focal = body === undefined ? null : fact.focalPoint;
    return `/assets/${id}/${rendition}?v=${renditionTag(fact.file.sha256, focal, body)}`;
  };

  const fill = (text: string, base = ""): string =>
    fillAssets(text, (id, rendition) => {
      const address = addressOf(id, rendition);
      return address === undefined ? undefined : `${base}${address}`;
    });

  // A version of a definition never changes, and reading its texts takes longer than the rest of a decision about it.
  const idsByBody = new WeakMap<object, readonly string[]>();
  const idsIn = (body: object): readonly string[] => {
    let ids = idsByBody.get(body);
    if (ids === undefined) {
      ids = assetIdsIn(body);
      idsByBody.set(body, ids);
    }
    return ids;
  };

  const removeOrphans = async (): Promise<number> => {
    let removed = 0;
    for await (const found of blobs.list()) {
      const old = found.filter(({ modifiedAtMs }) => clock.now() - modifiedAtMs > orphanMs);
      const shown = old.length === 0 ? new Set() : await store.shown(old.map(({ sha256 }) => sha256));
      for (const { sha256 } of old) {
        if (shown.has(sha256)) continue;
        await blobs.remove(sha256);
        removed += 1;
      }
    }
    return removed;
  };

  return {
    ...editing,
    /** Largest upload in bytes. */
    maxUploadBytes,
    /** Loads the library and removes what a process left that died in the middle of an upload. */
    start: async (): Promise<void> => {
      await removeParts(uploadFolder, clock.now());
      await index.refresh();
    },
    /** Reads what other processes changed; cheap when nothing did. For a job that comes back every second. */
    refresh: async (): Promise<void> => {
      if (store.isShared) await index.refresh();
    },
    /** Removes bytes that no asset shows and says which rights end. For a job that comes back every hour. */
    maintain: async (): Promise<void> => {
      await removeParts(uploadFolder, clock.now());
      const removed = await removeOrphans();
      if (removed > 0) logger.info({ removed }, "bytes of deleted assets removed");
      let [expiring, expired] = [0, 0];
      for (const { status, rights } of index.values()) {
        if (status !== "active") continue;
        const state = rightsState(rights, clock.now());
        if (state === "expiring") expiring += 1;
        if (state === "expired") expired += 1;
      }
      if (expiring + expired > 0) logger.warn({ expiring, expired }, "rights of assets end or have ended");
    },

    list: async (
      filter: AssetFilter,
      page: { readonly limit: number; readonly cursor?: string | undefined },
    ): Promise<AssetPage> => {
      const after = page.cursor === undefined ? null : decodeTimeCursor(page.cursor);
      const rows = await store.list(filter, clock.now(), page.limit + 1, after);
      return toPage(rows, page.limit, (asset) => [asset.createdAt, asset.id]);
    },
    versions: store.versions,
    folders: store.folders,
    tags: store.tags,
    /** Definitions that show the asset. */
    usedBy: async (id: string) => deps.usesOf((await editing.get(id)).id),
    /** The sizes that exist, by name. */
    renditions: (): ReadonlyMap<string, RenditionBody> =>
      new Map([...deps.ownRenditions().map(({ key, body }) => [key, body] as const), ...builtInRenditions]),

    /** From memory, for the public address. */
    find: index.find,
    serve: renditions.serve,
    whyUnusable: (id: string, nowMs: number) => whyUnusable(index.find(id), nowMs),
    addressOf,
    /** Pictures of a frozen body that cannot be shown at a time; content that holds one must not be shown. */
    unusableIn: (body: object, nowMs: number): readonly UnusableAsset[] =>
      idsIn(body).flatMap((id) => {
        const why = whyUnusable(index.find(id), nowMs);
        return why === undefined ? [] : [{ id, why }];
      }),
    /** Puts addresses in place of `asset:<id>` and `asset:<id>/<size>`. @param base e.g. the public URL; default none */
    fill,
    /** As `fill`, in every text of a JSON value. */
    fillIn: <T>(content: T, base: string): T => {
      const json = JSON.stringify(content);
      // Names and addresses hold nothing that JSON escapes, so the text stays JSON of the same shape.
      return json.includes("asset:") ? JSON.parse(fill(json, base)) : content;
    },
    /** The text in place of a picture: of the locale, of its language, of all others; undefined when there is none. */
    altOf: (id: string, locale: string): string | undefined => {
      const alt = index.find(id)?.alt ?? {};
      const [language = ""] = locale.split(/[-_]/);
      // The locale may be the claim of a client: only keys that somebody wrote count.
      const known = [locale, language, ""].find((key) => Object.hasOwn(alt, key));
      return known === undefined ? undefined : alt[known];
    },
  };
}

export type Assets = ReturnType<typeof createAssets>;
