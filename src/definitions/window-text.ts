import type { LiveDefinition } from "./kind.ts";

/** A time as people read it in a zone; the zone is named, since readers may sit in another one. */
function timeText(atMs: number, timezone: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, dateStyle: "long", timeStyle: "short" });
  return `${format.format(atMs).replace(" at ", ", ")} (${timezone})`;
}

/**
 * Why a definition is not in effect by its window: when it starts, or when it ended. Makes a formatter at each call: for those who
 * preview, not for pages.
 *
 * @param timezone IANA, of the shop: for windows that come from a publication, whose definition has no schedule
 * @returns undefined while the window is open
 */
export function outsideWindowText(
  { schedule, window }: Pick<LiveDefinition<unknown>, "schedule" | "window">,
  nowMs: number,
  timezone: string,
): string | undefined {
  const zone = schedule?.timezone ?? timezone;
  if (window.fromMs !== null && nowMs < window.fromMs) return `Starts on ${timeText(window.fromMs, zone)}`;
  return window.toMs !== null && nowMs >= window.toMs ? `Ended on ${timeText(window.toMs, zone)}` : undefined;
}
