import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";

const m = messages.connectors.units;
const units = [
  [1e9, m.gigabytes],
  [1e6, m.megabytes],
  [1e3, m.kilobytes],
] as const;

/** "12.4 MB"; units of 1000. */
export function formatBytes(bytes: number): string {
  const [size, unit] = units.find(([length]) => bytes >= length) ?? [1, m.bytes];
  return `${formatNumber(bytes / size, bytes >= 1e3 ? 1 : 0)} ${unit}`;
}
