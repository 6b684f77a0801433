export type DurationUnit = "s" | "m" | "h" | "d" | "w";
export const durationUnits: readonly DurationUnit[] = ["m", "h", "d", "w"];

/** "14d" → 14 and "d"; what is no duration reads as zero days. */
export function parseDuration(text: string): { readonly amount: number; readonly unit: DurationUnit } {
  const match = /^(\d+)([smhdw])$/.exec(text);
  return match ? { amount: Number(match[1]), unit: match[2] as DurationUnit } : { amount: 0, unit: "d" };
}

export function writeDuration(amount: number, unit: DurationUnit): string {
  return `${Math.max(0, Math.round(amount))}${unit}`;
}
