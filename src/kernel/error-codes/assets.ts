import type { ErrorEntry } from "../errors.ts";

export const assetsErrors = {
  "assets.notFound": {
    status: 404,
    means: "There is no asset, version or rendition of that name.",
    remedy: "List the assets; renditions are listed by /v1/asset-renditions.",
  },
  "assets.gone": {
    status: 410,
    means: "The asset was deleted or archived, or its rights do not cover this moment.",
    remedy: "Use another asset, or extend the rights of this one.",
  },
  "assets.type": {
    status: 422,
    means: "The file is no picture of a supported type: JPEG, PNG, WebP, GIF or AVIF, told by its content.",
    remedy: "Convert it; SVG can carry scripts and is not taken.",
  },
  "assets.broken": {
    status: 422,
    means: "The picture cannot be decoded to its end.",
    remedy: "Export it again and upload the new file.",
  },
  "assets.tooLarge": {
    status: 413,
    means: "The file has too many bytes, or the picture too many pixels.",
    remedy: "Make it smaller; see docs/manual/assets.md for the limits.",
  },
  "assets.upload": {
    status: 400,
    means: "The upload has no bytes, is encoded, or was cut off.",
    remedy: "Send the bytes of one file as the body, with an image type or application/octet-stream.",
  },
  "assets.invalid": {
    status: 422,
    means: "A field of the asset does not fit.",
    remedy: "See the details: every fault is listed.",
  },
  "assets.conflict": {
    status: 412,
    means: "Somebody else changed the asset since it was read.",
    remedy: "Read it again and repeat the change.",
  },
  "assets.inUse": {
    status: 409,
    means: "The asset is used, so it cannot be archived or deleted.",
    remedy: "Remove it from the places in the details first.",
  },
  "assets.status": {
    status: 409,
    means: "The asset is archived, or is not, against what the call needs.",
    remedy: "Unarchive or archive it first.",
  },
  "assets.busy": {
    status: 503,
    means: "Too many pictures are being worked on.",
    remedy: "Repeat after the time of Retry-After.",
  },
  "assets.missing": {
    status: 500,
    means: "The bytes of an asset are not where they were stored.",
    remedy: "Restore the folder or bucket of assets from its backup.",
  },
} as const satisfies Record<string, ErrorEntry>;
