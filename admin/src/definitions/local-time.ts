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
