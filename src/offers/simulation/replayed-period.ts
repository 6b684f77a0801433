import { ClienteleError } from "../../kernel/index.ts";
import { dayMs, localDateText, localDayOf, parseLocalDate, startOfLocalDay } from "../../kernel/rules/index.ts";
import type { SimulationSettings } from "./settings.ts";

const defaultDays = 30;
const longestDays = 366;

/**
 * Which orders or carts are replayed; half-open. Days begin in the time zone of the shop, the last one counts whole.
 *
 * @throws {ClienteleError} `offers.simulationPeriod` for days that do not exist, stand the wrong way round, are to come or are too many
 */
export function replayedPeriod(
  { days, from, to }: Pick<SimulationSettings, "days" | "from" | "to">,
  nowMs: number,
  timezone: string,
): { readonly fromMs: number; readonly toMs: number } {
  if (from === undefined && to === undefined) return { fromMs: nowMs - (days ?? defaultDays) * dayMs, toMs: nowMs };
  if (from === undefined) throw wrong("to needs from, its first day");
  if (days !== undefined) throw wrong("give either days or from and to");
  const today = localDayOf(nowMs, timezone);
  const [first, last] = [parseLocalDate(from), to === undefined ? today : parseLocalDate(to)];
  if (first === undefined) throw wrong(`there is no day ${from}`);
  if (last === undefined) throw wrong(`there is no day ${to}`);
  if (first > today) throw wrong(`${from} is to come: today is ${localDateText(today)}`);
  if (last < first) throw wrong(`${to ?? "today"} lies before ${from}`);
  if (last - first >= longestDays)
    throw wrong(`from ${from} to ${localDateText(last)} are more than ${longestDays} days`);
  return { fromMs: startOfLocalDay(first, timezone), toMs: startOfLocalDay(last + 1, timezone) };
}

const wrong = (message: string): ClienteleError => new ClienteleError("offers.simulationPeriod", message);
