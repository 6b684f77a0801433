import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { valueText } from "./mapping-model.ts";
import type { DetailedSource } from "./shapes.ts";

const m = messages.connectors.reading;

/** How a value is read, in a few words; empty for a value taken as it is. */
export function describeReading(source: DetailedSource): string {
  const { format, decimal, unit, sign, map, split, default: fallback, as, case: letters } = source;
  return [
    as ? m.summary.as(m.types[as].toLowerCase()) : "",
    format ? m.summary.format(format) : "",
    decimal === "," ? m.summary.decimal : "",
    unit === "minor" ? m.summary.minor : "",
    sign ? m.summary[sign] : "",
    map ? m.summary.map(formatNumber(Object.keys(map).length)) : "",
    split ? m.summary.split(split) : "",
    letters ? m.summary.letters[letters] : "",
    fallback === undefined ? "" : m.summary.fallback(valueText(fallback)),
  ]
    .filter((part) => part !== "")
    .join(", ");
}
