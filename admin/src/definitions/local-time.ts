/**
 * An ISO time as a date-and-time input wants it. One without an offset is local time of the named zone already;
 * one with an offset is moved there.
 */
export function toLocalInput(value: string | null, timezone: string): string {
  if (value === null) return "";
  if (!/(Z|[+-]\d{2}:?\d{2})$/i.test(value)) return value.slice(0, 16);
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return "";
  try {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: timezone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).formatToParts(date);
    const part = (type: string) => parts.find((entry) => entry.type === type)?.value ?? "00";
    return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
  } catch {
    // A zone name that is still being typed.
    return value.slice(0, 16);
  }
}

/** The instant that a date-and-time input means in a zone, as ISO UTC; undefined while the input is empty or half typed. */
export function fromLocalInput(value: string, timezone: string): string | undefined {
  const wallMs = Date.parse(`${value}Z`);
  if (Number.isNaN(wallMs)) return undefined;
  const shownMs = (atMs: number): number => Date.parse(`${toLocalInput(new Date(atMs).toISOString(), timezone)}Z`);
  let atMs = wallMs;
  // The first step lands within hours of it, the second sees a change of the clock between.
  for (let step = 0; step < 2; step += 1) atMs += wallMs - shownMs(atMs);
  return new Date(atMs).toISOString();
}
