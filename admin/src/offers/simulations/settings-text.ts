import { messages } from "../../messages.data.ts";
import type { SimulationSettings } from "./shapes.ts";

const m = messages.simulations;
const locale = typeof navigator === "undefined" ? "en" : navigator.language;
// A day of the shop is the same day wherever the reader is.
const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const instantOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** From which day to which; runs that other systems started may go back from when they were started. */
export function periodText({ from, to, days: back }: SimulationSettings): string {
  if (from !== undefined && to !== undefined) return days.formatRange(instantOf(from), instantOf(to));
  if (from !== undefined) return m.since(days.format(instantOf(from)));
  return m.daysBack(back ?? 30);
}

/** Rules by their keys, as the run was told. */
export function changesText({ changes = [], drafts = false }: SimulationSettings): string {
  const tried = changes.filter(({ remove }) => remove !== true).map(({ key, name }) => name ?? key);
  const without = changes.filter(({ remove }) => remove === true).map(({ key, name }) => name ?? key);
  return [
    ...(drafts ? [m.allDrafts] : []),
    ...(tried.length > 0 ? [tried.join(", ")] : []),
    ...(without.length > 0 ? [m.withoutThese(without.join(", "))] : []),
  ].join("; ");
}
