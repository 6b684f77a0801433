// Wall-clock arithmetic: the same time of day some local days later, and the next time a clock shows a given time. In the gap of a
// clock change the next valid minute counts, in a repeated hour the first of both.
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
const maxFormatters = 600; // there are fewer zones than that
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timezone: string): Intl.DateTimeFormat {
  const known = formatters.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (formatters.size < maxFormatters) formatters.set(timezone, made);
  return made;
}

/** The wall clock of a zone at an instant, as if it were UTC. */
export function wallOf(instantMs: number, timezone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(timezone).formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const whole = Math.floor(instantMs / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (instantMs - whole);
}

/** The instant at which the clock of a zone shows this; see the top of the file for clock changes. */
export function instantOf(wallMs: number, timezone: string): number {
  const offsets = [wallMs - dayMs, wallMs + dayMs].map((at) => wallOf(at, timezone) - at);
  const candidates = offsets.map((offset) => wallMs - offset).sort((a, b) => a - b);
  const [first = wallMs, second = wallMs] = candidates;
  const valid = candidates.find((at) => wallOf(at, timezone) === wallMs);
  if (valid !== undefined) return valid;
  // The wall time is skipped: the clock change lies between both candidates, and its instant is the next valid minute.
  let [low, high] = [Math.floor(first / minuteMs) * minuteMs, second];
  const before = wallOf(low, timezone) - low;
  while (high - low > minuteMs) {
    const middle = low + Math.ceil((high - low) / 2 / minuteMs) * minuteMs;
    if (middle >= high) break;
    if (wallOf(middle, timezone) - middle === before) low = middle;
    else high = middle;
  }
  return Math.ceil(high / minuteMs) * minuteMs;
}

/** The same time of day so many local days later. */
export function addLocalDays(instantMs: number, days: number, timezone: string): number {
  return days === 0 ? instantMs : instantOf(wallOf(instantMs, timezone) + days * dayMs, timezone);
}

/** The first instant after `afterMs` at which the clock of the zone shows so many minutes after midnight. */
export function nextTimeOfDay(afterMs: number, minutes: number, timezone: string): number {
  const midnight = Math.floor(wallOf(afterMs, timezone) / dayMs) * dayMs;
  for (let day = 0; day <= 3; day += 1) {
    const at = instantOf(midnight + day * dayMs + minutes * minuteMs, timezone);
    if (at > afterMs) return at;
  }
  return afterMs + dayMs;
}

/** The first instant after `afterMs` at which the clock of the zone shows this minute of an hour. */
export function nextMinuteOfHour(afterMs: number, minute: number, timezone: string): number {
  const offset = wallOf(afterMs, timezone) - afterMs;
  const hour = Math.floor((afterMs + offset) / hourMs) * hourMs;
  const at = hour + minute * minuteMs - offset;
  return at > afterMs ? at : at + hourMs;
}

/** True for a name that this runtime's time zone data knows. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    // Intl knows no other way to say that a zone does not exist.
    return false;
  }
}
