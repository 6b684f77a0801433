/**
 * The instant of a wall clock time in a zone, as ISO text; null for what is no time yet. A time that a change of the
 * clock skips is taken an hour on, one that happens twice the first time.
 *
 * @param local "2026-03-01T10:30"
 */
export function toInstant(local: string, timezone: string): string | null {
  const wallMs = Date.parse(`${local}:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local) || Number.isNaN(wallMs)) return null;
  try {
    const earlier = wallMs - offsetMs(wallMs - 86_400_000, timezone);
    const later = wallMs - offsetMs(wallMs + 86_400_000, timezone);
    const fitting = [earlier, later].filter((at) => at + offsetMs(at, timezone) === wallMs);
    return new Date(fitting.length > 0 ? Math.min(...fitting) : Math.max(earlier, later)).toISOString();
  } catch {
    // A zone name that is still being typed.
    return null;
  }
}

function offsetMs(atMs: number, timezone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(atMs));
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value ?? 0);
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - Math.floor(atMs / 1000) * 1000;
}
