import { isObject, minorDigits } from "../kernel/index.ts";

/** (price − cost) / price; undefined where either is unknown or the price is zero. A share, so a float does. */
export function marginOf(cost: unknown, finalPrice: unknown): number | undefined {
  const costMajor = typeof cost === "string" && cost.trim() !== "" ? Number(cost) : cost;
  if (typeof costMajor !== "number" || !Number.isFinite(costMajor) || !isObject(finalPrice)) return undefined;
  const { minor, currency } = finalPrice;
  if (typeof minor !== "number" || minor <= 0 || typeof currency !== "string") return undefined;
  const price = minor / 10 ** minorDigits(currency);
  return (price - costMajor) / price;
}
