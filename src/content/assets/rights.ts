import type { AssetRights } from "./asset.ts";

export type RightsState = "valid" | "expiring" | "expired" | "notYet";

/** A warning comes this long before the rights end. */
export const expiryWarningMs = 14 * 86_400_000;

/** Where a moment lies in the rights of a picture. */
export function rightsState({ fromMs, untilMs }: Omit<AssetRights, "note">, nowMs: number): RightsState {
  if (untilMs !== null && nowMs >= untilMs) return "expired";
  if (fromMs !== null && nowMs < fromMs) return "notYet";
  return untilMs !== null && untilMs - nowMs <= expiryWarningMs ? "expiring" : "valid";
}

/** True when the picture may be shown now. */
export function isCovered(rights: Omit<AssetRights, "note">, nowMs: number): boolean {
  const state = rightsState(rights, nowMs);
  return state === "valid" || state === "expiring";
}
