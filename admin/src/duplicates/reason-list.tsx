import { Badge } from "@react-spectrum/s2";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { muted, plainList, row } from "../ui/styles.ts";
import { readReason } from "./read-reason.ts";

const m = messages.duplicates;

/** Reasons in words, each marked for or against. */
export function ReasonList({ reasons, most = reasons.length }: { reasons: readonly string[]; most?: number }) {
  if (reasons.length === 0) return <p className={muted}>{m.noReasons}</p>;
  const left = reasons.length - most;
  return (
    <ul className={plainList}>
      {reasons.slice(0, most).map((reason) => {
        const { text, isFor } = readReason(reason);
        return (
          <li key={reason} className={row}>
            <Badge size="S" variant={isFor ? "positive" : "notice"} fillStyle="subtle">
              {isFor ? m.for : m.against}
            </Badge>
            <span>{text}</span>
          </li>
        );
      })}
      {left > 0 ? <li className={muted}>{m.more(formatNumber(left))}</li> : null}
    </ul>
  );
}
