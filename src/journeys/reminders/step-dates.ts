import { addLocalDays } from "./local-time.ts";

export const maxRepeats = 20;
export const maxRepeatDays = 365;

/**
 * Reads a repeat schedule: days after the first match, ascending, separated by commas; empty = only the first mail.
 *
 * @returns undefined when the text is none
 */
export function parseRepeat(text: string): readonly number[] | undefined {
  if (text.trim() === "") return [];
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > maxRepeats || parts.some((part) => !/^[0-9]{1,3}$/.test(part))) return undefined;
  const days = parts.map(Number);
  const isAscending = days.every((day, index) => day > (index === 0 ? 0 : (days[index - 1] ?? 0)));
  return isAscending && days.every((day) => day <= maxRepeatDays) ? days : undefined;
}

/**
 * When the mails of a sequence are due: at once, then each offset after the first match, at the same time of day in the rule's zone.
 * `7,14` gives 0, 7 and 14 days after it (offers-and-segments 5).
 */
export function stepDates(firstMatchAt: number, repeatDays: readonly number[], timezone: string): readonly number[] {
  return [firstMatchAt, ...repeatDays.map((days) => addLocalDays(firstMatchAt, days, timezone))];
}
