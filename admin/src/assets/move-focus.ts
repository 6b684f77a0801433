import type { FocalPoint } from "./shapes.ts";

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const within = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

export function moveFocus(from: FocalPoint): FocalPoint;
export function moveFocus(from: FocalPoint, key: string, isFar: boolean): FocalPoint | null;
/** The point after a key: one hundredth, or a tenth; null for a key that moves nothing. Without a key it is only kept inside. */
export function moveFocus(from: FocalPoint, key?: string, isFar = false): FocalPoint | null {
  if (key === undefined) return { x: within(from.x), y: within(from.y) };
  const direction = Object.hasOwn(directions, key) ? directions[key] : undefined;
  if (!direction) return null;
  const step = isFar ? 0.1 : 0.01;
  return { x: within(from.x + direction[0] * step), y: within(from.y + direction[1] * step) };
}
