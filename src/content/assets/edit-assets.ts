import type { Readable } from "node:stream";
import type { AuditTrail } from "../../access/index.ts";
import { ClienteleError, type Clock, newId } from "../../kernel/index.ts";
import { createTurnstile } from "../turnstile.ts";
import { type Asset, type AssetEditor, type AssetFields, type AssetUse, mediaTypeOf } from "./asset.ts";
import type { AssetIndex } from "./asset-index.ts";
import type { Blobs } from "./blobs.ts";
import { assertFields, normaliseFolder, normaliseTags } from "./check-fields.ts";
import { busy } from "./picture-engine.ts";
import { preparePicture } from "./prepare-picture.ts";
import { receiveUpload } from "./receive-upload.ts";
import { sniffFormat } from "./sniff-format.ts";
import type { AssetStore, Transaction } from "./store.ts";

export type EditAssetsDeps = {
  readonly store: AssetStore;
  readonly index: AssetIndex;
  readonly blobs: Blobs;
  readonly audit: Pick<AuditTrail, "record">;
  /** Definitions that show an asset. */
  readonly usesOf: (id: string) => Promise<readonly AssetUse[]>;
  readonly clock: Clock;
  readonly uploadFolder: string;
  readonly maxUploadBytes: number;
};

/** Fields that a caller gives; the others stay, or are empty for a new asset. */
export type AssetChange = Partial<AssetFields>;

export type UploadResult = {
  readonly asset: Asset;
  /** The file was there already, as this asset; nothing was stored. */
  readonly isDuplicate: boolean;
};

/** The etag a caller read; undefined = whatever it is now. */
export type ExpectedEtag = number | undefined;

// An upload holds a file and soon a decoded picture.
const uploadsAtOnce = 4;
const uploadsWaiting = 16;
const unknownFields: AssetFields = {
  name: "",
  folder: "",
  tags: [],
  alt: {},
  focalPoint: null,
  rights: { fromMs: null, untilMs: null, note: "" },
};

function fieldsOf(base: AssetFields, change: AssetChange): AssetFields {
  const { name, folder, tags, alt, focalPoint, rights } = { ...base, ...change };
  const fields = {
    name: name.trim(),
    folder: normaliseFolder(folder),
    tags: normaliseTags(tags),
    alt,
    focalPoint,
    rights,
  };
  assertFields(fields);
  return fields;
}

/** What the audit log keeps: no bytes, and the state that tells what changed. */
function imageOf(asset: Asset): object {
  const { name, folder, tags, alt, focalPoint, rights, status, version, file } = asset;
  return { name, folder, tags, alt, focalPoint, rights, status, version, sha256: file.sha256 };
}

function notFound(id: string): ClienteleError {
  return new ClienteleError("assets.notFound", `there is no asset ${id}`);
}

/** A picture is shown in every store view, so whoever is limited to some may change only what is their own. */
function assertMayChange(asset: Asset, editor: AssetEditor): void {
  if (editor.storeViews === null || asset.createdBy === editor.actor) return;
  throw new ClienteleError("access.forbidden", "assets of others are changed by editors of all store views");
}

function assertEtag(asset: Asset, expected: ExpectedEtag): void {
  if (expected === undefined || expected === asset.etag) return;
  throw new ClienteleError(
    "assets.conflict",
    `the asset ${asset.id} was changed meanwhile: it has etag ${asset.etag}, not ${expected}`,
  );
}

/** Everything that changes the library. */
export function createAssetEditing(deps: EditAssetsDeps) {
  const { store, index, blobs, audit, clock } = deps;
  const uploads = createTurnstile(uploadsAtOnce, uploadsWaiting, () => busy("uploads at once"));

  const record = (
    tx: Transaction,
    editor: AssetEditor,
    action: string,
    id: string,
    before: Asset | null,
    after: Asset | null,
  ) =>
    audit.record(tx, {
      actor: editor.actor,
      via: editor.via,
      action: `asset.${action}`,
      objectKind: "asset",
      objectId: id,
      before: before && imageOf(before),
      after: after && imageOf(after),
      requestId: editor.requestId ?? null,
    });

  /** Receives, checks and stores the bytes; the row that shows them comes after, so that none shows what is not there. */
  const storeFile = (body: Readable) =>
    uploads(async () => {
      const upload = await receiveUpload(body, deps.uploadFolder, deps.maxUploadBytes);
      try {
        const format = sniffFormat(upload.head);
        if (format === undefined)
          throw new ClienteleError(
            "assets.type",
            "the file is no JPEG, PNG, WebP, GIF or AVIF picture, whatever its name",
          );
        const { data, file } = await preparePicture(upload.path, format);
        await blobs.put(file.sha256, data, mediaTypeOf[format]);
        return { ...file, uploadSha256: upload.sha256 };
      } finally {
        await upload.remove();
      }
    });

  const get = async (id: string): Promise<Asset> => {
    const found = await store.get(id);
    if (!found) throw notFound(id);
    return found;
  };

  /** Applies a change to the newest state and writes it with its audit entry. */
  const change = async (
    id: string,
    action: string,
    expected: ExpectedEtag,
    editor: AssetEditor,
    apply: (asset: Asset, tx: Transaction) => Asset | Promise<Asset>,
  ): Promise<Asset> => {
    const changed = await store.transaction(async (tx) => {
      const seq = await store.nextSeq(tx);
      const before = await store.get(id, tx);
      if (!before) throw notFound(id);
      assertEtag(before, expected);
      assertMayChange(before, editor);
      const applied = await apply(before, tx);
      const after = { ...applied, etag: before.etag + 1, updatedAt: clock.now(), updatedBy: editor.actor };
      if (!(await store.update(tx, after, seq))) throw notFound(id);
      await record(tx, editor, action, id, before, after);
      return after;
    });
    await index.refresh();
    return changed;
  };

  const assertUnused = async (id: string): Promise<void> => {
    const uses = await deps.usesOf(id);
    if (uses.length === 0) return;
    const details = uses.slice(0, 100).map((use) => ({
      path: `/${use.kind}/${use.key}${use.path}`,
      code: use.isLive ? "usedLive" : "usedDraft",
      message: `${use.name} (${use.status})`,
    }));
    throw new ClienteleError("assets.inUse", `the asset ${id} is used in ${uses.length} places`, { details });
  };

  const setStatus =
    (status: "active" | "archived") => async (id: string, expected: ExpectedEtag, editor: AssetEditor) => {
      if (status === "archived") await assertUnused(id);
      return change(id, status === "archived" ? "archive" : "unarchive", expected, editor, (asset) => {
        if (asset.status === status) throw new ClienteleError("assets.status", `the asset ${id} is ${status} already`);
        return { ...asset, status };
      });
    };

  return {
    get,

    /**
     * Takes a new picture. One that is there already is answered instead of stored twice.
     *
     * @throws {ClienteleError} `assets.type`, `assets.broken`, `assets.tooLarge`, `assets.upload`, `assets.invalid`, `assets.busy`
     */
    upload: async (
      body: Readable,
      given: AssetChange & { readonly fileName: string; readonly allowDuplicate?: boolean },
      editor: AssetEditor,
    ): Promise<UploadResult> => {
      const fields = fieldsOf({ ...unknownFields, name: given.fileName }, given);
      const file = await storeFile(body);
      const nowMs = clock.now();
      const result = await store.transaction(async (tx): Promise<UploadResult> => {
        // Taken first: of two uploads of one file the second sees the first.
        const seq = await store.nextSeq(tx);
        const twin = given.allowDuplicate ? undefined : await store.twin(tx, file.uploadSha256, file.sha256);
        if (twin) return { asset: twin, isDuplicate: true };
        const by = { createdAt: nowMs, createdBy: editor.actor };
        const id = newId(nowMs);
        const asset: Asset = {
          ...fields,
          ...by,
          id,
          file,
          status: "active",
          version: 1,
          etag: 1,
          updatedAt: nowMs,
          updatedBy: editor.actor,
        };
        await store.insert(tx, asset, seq);
        await store.addVersion(tx, id, {
          ...file,
          ...by,
          version: 1,
          fileName: given.fileName,
          note: "",
          restoredFrom: null,
        });
        await record(tx, editor, "upload", id, null, asset);
        return { asset, isDuplicate: false };
      });
      await index.refresh();
      return result;
    },

    /** Replaces the file; addresses and names stay, and every place shows the new one. */
    replace: async (
      id: string,
      body: Readable,
      given: { readonly fileName: string; readonly note: string },
      expected: ExpectedEtag,
      editor: AssetEditor,
    ): Promise<Asset> => {
      const before = await get(id);
      assertEtag(before, expected);
      assertMayChange(before, editor);
      const file = await storeFile(body);
      return change(id, "replace", expected, editor, async (asset, tx) => {
        if (asset.file.sha256 === file.sha256) return asset;
        const version = asset.version + 1;
        const { fileName, note } = given;
        const by = { createdAt: clock.now(), createdBy: editor.actor };
        await store.addVersion(tx, id, { ...file, ...by, version, fileName, note, restoredFrom: null });
        return { ...asset, version, file };
      });
    },

    /** Shows the file of an old version again, as a new version. */
    restore: async (id: string, version: number, expected: ExpectedEtag, editor: AssetEditor): Promise<Asset> =>
      change(id, "restore", expected, editor, async (asset, tx) => {
        const old = await store.version(id, version, tx);
        if (!old) throw new ClienteleError("assets.notFound", `the asset ${id} has no version ${version}`);
        const { sha256, uploadSha256, format, bytes, width, height, frames, fileName } = old;
        const file = { sha256, uploadSha256, format, bytes, width, height, frames };
        const next = asset.version + 1;
        const by = { createdAt: clock.now(), createdBy: editor.actor };
        await store.addVersion(tx, id, { ...file, ...by, version: next, fileName, note: "", restoredFrom: version });
        return { ...asset, version: next, file };
      }),

    /** Changes what is written about a picture. @throws {ClienteleError} `assets.invalid` with every fault */
    update: (id: string, given: AssetChange, expected: ExpectedEtag, editor: AssetEditor): Promise<Asset> =>
      change(id, "update", expected, editor, (asset) => ({ ...asset, ...fieldsOf(asset, given) })),

    /** @throws {ClienteleError} `assets.inUse` with one detail for each use */
    archive: setStatus("archived"),
    unarchive: setStatus("active"),

    /** Deletes an archived asset for good; its address answers 410. @throws {ClienteleError} `assets.inUse`, `assets.status` */
    remove: async (id: string, expected: ExpectedEtag, editor: AssetEditor): Promise<void> => {
      await assertUnused(id);
      await change(id, "delete", expected, editor, async (asset, tx) => {
        if (asset.status !== "archived")
          throw new ClienteleError("assets.status", `the asset ${id} is ${asset.status}; archive it first`);
        await store.removeOldVersions(tx, id, asset.version);
        return { ...asset, status: "deleted", alt: {}, tags: [] };
      });
    },

    /** Renames a folder or puts it into another. @returns how many assets moved */
    moveFolder: async (from: string, to: string, editor: AssetEditor): Promise<number> => {
      if (editor.storeViews !== null)
        throw new ClienteleError("access.forbidden", "folders are moved by editors of all store views");
      const [source, target] = [normaliseFolder(from), normaliseFolder(to)];
      if (source === "" || target === "" || target.startsWith(`${source}/`))
        throw new ClienteleError("assets.invalid", "name two folders, the second not inside the first");
      assertFields({ ...unknownFields, name: "folder", folder: target });
      const moved = await store.transaction(async (tx) => {
        const seq = await store.nextSeq(tx);
        const nowMs = clock.now();
        const count = await store.moveFolder(tx, source, target, seq, { nowMs, actor: editor.actor });
        await audit.record(tx, {
          actor: editor.actor,
          via: editor.via,
          action: "asset.moveFolder",
          objectKind: "asset-folder",
          objectId: source,
          before: { folder: source },
          after: { folder: target, assets: count },
          requestId: editor.requestId ?? null,
        });
        return count;
      });
      await index.refresh();
      return moved;
    },
  };
}
