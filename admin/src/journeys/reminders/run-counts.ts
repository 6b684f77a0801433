import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";

const m = messages.reminders;

export function reasonText(reason: string): string {
  return m.reasons[reason] ?? reason;
}

/** What a run did, e.g. "looked at 12, not sent (Did not agree) 3". */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => {
      const [what = "", reason] = name.split(":");
      const label = m.countNames[what] ?? what;
      return `${reason === undefined ? label : `${label} (${reasonText(reason)})`} ${formatNumber(count)}`;
    })
    .join(", ");
}
