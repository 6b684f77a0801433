import type { FocalPoint } from "./asset.ts";

export type Size = { readonly width: number; readonly height: number };
export type CropWindow = Size & { readonly left: number; readonly top: number };

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** Start of a window of `length` within `whole` whose middle is as near to the point as the border allows. */
const startOf = (point: number, length: number, whole: number) =>
  clamp(Math.round(point * whole - length / 2), 0, whole - length);

/**
 * The largest part of a picture that has the shape of the target and holds the focal point.
 *
 * @returns whole pixels, inside the picture, at least 1 × 1
 */
export function cropWindow(source: Size, target: Size, focal: FocalPoint): CropWindow {
  const isTooWide = source.width * target.height > target.width * source.height;
  const width = isTooWide
    ? clamp(Math.round((source.height * target.width) / target.height), 1, source.width)
    : source.width;
  const height = isTooWide
    ? source.height
    : clamp(Math.round((source.width * target.height) / target.width), 1, source.height);
  return {
    width,
    height,
    left: startOf(focal.x, width, source.width),
    top: startOf(focal.y, height, source.height),
  };
}
