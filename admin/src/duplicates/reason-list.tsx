import { Badge } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { muted, plainList } from "../ui/styles.ts";
import { readReason } from "./read-reason.ts";

const m = messages.duplicates;
const whole = style({ flexShrink: 0 });
const line = style({ display: "flex", alignItems: "baseline", gap: 8 });

/** Reasons in words, each marked for or against. */
export function ReasonList({ reasons, most = reasons.length }: { reasons: readonly string[]; most?: number }) {
  if (reasons.length === 0) return <p className={muted}>{m.noReasons}</p>;
  const left = reasons.length - most;
  return (
    <ul className={plainList}>
      {reasons.slice(0, most).map((reason) => {
        const { text, isFor } = readReason(reason);
        return (
          <li key={reason} className={line}>
            <Badge size="S" styles={whole} variant={isFor ? "positive" : "notice"} fillStyle="subtle">
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
