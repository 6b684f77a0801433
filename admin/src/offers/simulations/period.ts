// Days whose orders are replayed. Days are local ones of the shop, YYYY-MM-DD, both ends included.
import { addDays } from "../../calendar/span.ts";

export const presets = ["month", "7d", "30d", "90d", "own"] as const;
export type Preset = (typeof presets)[number];
export type Days = { readonly from: string; readonly to: string };
export type DaysFault = "missing" | "order" | "future" | "tooMany";

export const longestDays = 366;
const lengths: Readonly<Record<Exclude<Preset, "month" | "own">, number>> = { "7d": 7, "30d": 30, "90d": 90 };

/** @param today of the shop */
export function daysOf(preset: Exclude<Preset, "own">, today: string): Days {
  if (preset !== "month") return { from: addDays(today, 1 - lengths[preset]), to: today };
  const to = addDays(`${today.slice(0, 7)}-01`, -1);
  return { from: `${to.slice(0, 7)}-01`, to };
}

/** What is wrong with days that somebody typed; null = nothing. */
export function faultOf({ from, to }: Days, today: string): DaysFault | null {
  if (!isDay(from) || !isDay(to)) return "missing";
  if (from > today) return "future";
  if (to < from) return "order";
  return to >= addDays(from, longestDays) ? "tooMany" : null;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
