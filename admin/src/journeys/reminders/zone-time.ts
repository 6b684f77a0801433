import { toLocalInput } from "../../definitions/local-time.ts";

/** A time by the clock of a zone. */
export function formatInstantIn(value: string, timezone: string): string {
  return new Date(value).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: timezone });
}

/**
 * The instant at which the clock of a zone shows a local time such as `2026-03-29T02:30`; of one that the clock skips, the instant as
 * far after the change.
 */
export function toInstant(local: string, timezone: string): string | null {
  const wall = Date.parse(`${local}Z`);
  if (Number.isNaN(wall)) return null;
  let at = wall;
  // The first turn may land on the other side of a clock change, the second does not.
  for (let turn = 0; turn < 2; turn += 1) {
    const shown = Date.parse(`${toLocalInput(new Date(at).toISOString(), timezone)}:00Z`);
    at -= shown - wall;
  }
  return new Date(at).toISOString();
}
