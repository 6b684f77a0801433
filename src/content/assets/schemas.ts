import { type Static, Type } from "typebox";
import { listOf, pageQuerySchema } from "../../http/index.ts";
import type { Asset, AssetFormat, AssetVersion } from "./asset.ts";
import { assetFormats, mediaTypeOf } from "./asset.ts";
import { maxAltLength, maxFolderLength, maxLocales, maxNameLength, maxTagLength, maxTags } from "./check-fields.ts";
import { assetReference } from "./references.ts";
import { type RightsState, rightsState } from "./rights.ts";

const time = Type.String({ format: "date-time" });
const nullable = <T extends typeof time>(schema: T) => Type.Union([schema, Type.Null()]);
const format = Type.Unsafe<AssetFormat>(Type.Union(assetFormats.map((name) => Type.Literal(name))));
const rightsStateSchema = Type.Unsafe<RightsState>(
  Type.Union((["valid", "expiring", "expired", "notYet"] as const).map((state) => Type.Literal(state))),
);

const fileFields = {
  sha256: Type.String(),
  format,
  mediaType: Type.String(),
  bytes: Type.Integer(),
  width: Type.Integer(),
  height: Type.Integer(),
  frames: Type.Integer({ description: "More than 1 for an animation" }),
};

export const assetSchema = Type.Object({
  id: Type.String(),
  reference: Type.String({ description: "How content names the picture; /<size> may follow" }),
  name: Type.String(),
  folder: Type.String(),
  tags: listOf(Type.String()),
  alt: Type.Record(Type.String(), Type.String()),
  focalPoint: Type.Union([Type.Object({ x: Type.Number(), y: Type.Number() }), Type.Null()]),
  rights: Type.Object({
    from: nullable(time),
    until: nullable(time),
    note: Type.String(),
    state: rightsStateSchema,
  }),
  status: Type.String(),
  version: Type.Integer(),
  ...fileFields,
  url: Type.Union([Type.String(), Type.Null()], { description: "Public path of the stored file" }),
  thumbnailUrl: Type.Union([Type.String(), Type.Null()]),
  etag: Type.Integer(),
  createdAt: time,
  createdBy: Type.String(),
  updatedAt: time,
  updatedBy: Type.String(),
});

export const uploadAnswerSchema = Type.Object({ asset: assetSchema, isDuplicate: Type.Boolean() });

export const assetVersionSchema = Type.Object({
  version: Type.Integer(),
  ...fileFields,
  fileName: Type.String(),
  note: Type.String(),
  restoredFrom: Type.Union([Type.Integer(), Type.Null()]),
  createdAt: time,
  createdBy: Type.String(),
});

const tag = Type.String({ minLength: 1, maxLength: maxTagLength });
/** What may be written about a picture; a field that is left out stays as it is. */
export const changeSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: maxNameLength })),
    folder: Type.Optional(Type.String({ maxLength: maxFolderLength })),
    tags: Type.Optional(Type.Array(tag, { maxItems: maxTags })),
    alt: Type.Optional(
      Type.Record(Type.String({ maxLength: 10 }), Type.String({ maxLength: maxAltLength }), {
        maxProperties: maxLocales,
      }),
    ),
    focalPoint: Type.Optional(
      Type.Union([
        Type.Object(
          { x: Type.Number({ minimum: 0, maximum: 1 }), y: Type.Number({ minimum: 0, maximum: 1 }) },
          { additionalProperties: false },
        ),
        Type.Null(),
      ]),
    ),
    rights: Type.Optional(
      Type.Object(
        {
          from: Type.Optional(nullable(time)),
          until: Type.Optional(nullable(time)),
          note: Type.Optional(Type.String({ maxLength: 1_000 })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export const listQuerySchema = Type.Object({
  ...pageQuerySchema,
  search: Type.Optional(Type.String({ maxLength: 200, description: "In name, folder, tags and texts" })),
  folder: Type.Optional(Type.String({ maxLength: maxFolderLength, description: "With the folders below it" })),
  tag: Type.Optional(tag),
  format: Type.Optional(format),
  status: Type.Optional(Type.Union([Type.Literal("active"), Type.Literal("archived")])),
  rights: Type.Optional(rightsStateSchema),
});

export const uploadQuerySchema = Type.Object({
  fileName: Type.String({ minLength: 1, maxLength: maxNameLength, default: "upload" }),
  folder: changeSchema.properties.folder,
  tags: Type.Optional(Type.String({ maxLength: 2_000, description: "Separated by commas" })),
  allowDuplicate: Type.Boolean({ default: false, description: "Store the file again although it is there" }),
});

const isoTime = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

function fileJson({ sha256, format: name, bytes, width, height, frames }: Asset["file"]) {
  return { sha256, format: name, mediaType: mediaTypeOf[name], bytes, width, height, frames };
}

export function assetJson(
  asset: Asset,
  nowMs: number,
  addressOf: (id: string, rendition?: string) => string | undefined,
): Static<typeof assetSchema> {
  const { id, name, folder, tags, alt, focalPoint, rights, status, version, etag, createdBy, updatedBy } = asset;
  return {
    id,
    reference: assetReference(id),
    name,
    folder,
    tags,
    alt,
    focalPoint,
    rights: {
      from: isoTime(rights.fromMs),
      until: isoTime(rights.untilMs),
      note: rights.note,
      state: rightsState(rights, nowMs),
    },
    status,
    version,
    ...fileJson(asset.file),
    url: addressOf(id) ?? null,
    thumbnailUrl: addressOf(id, "thumb") ?? null,
    etag,
    createdAt: new Date(asset.createdAt).toISOString(),
    createdBy,
    updatedAt: new Date(asset.updatedAt).toISOString(),
    updatedBy,
  };
}

export function versionJson(version: AssetVersion): Static<typeof assetVersionSchema> {
  const { fileName, note, restoredFrom, createdBy } = version;
  return {
    version: version.version,
    ...fileJson(version),
    fileName,
    note,
    restoredFrom,
    createdAt: new Date(version.createdAt).toISOString(),
    createdBy,
  };
}

/** A change from the wire in our own shape. */
export function toChange(given: Static<typeof changeSchema>, before: Pick<Asset, "rights">) {
  const { rights, ...others } = given;
  if (rights === undefined) return others;
  const toMs = (text: string | null | undefined, kept: number | null) =>
    text === undefined ? kept : text === null ? null : Date.parse(text);
  return {
    ...others,
    rights: {
      fromMs: toMs(rights.from, before.rights.fromMs),
      untilMs: toMs(rights.until, before.rights.untilMs),
      note: rights.note ?? before.rights.note,
    },
  };
}
