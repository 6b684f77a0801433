import { style } from "@react-spectrum/s2/style" with { type: "macro" };

export type Bar = { readonly label: string; readonly value: number; readonly text: string };

const list = style({ listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: 8 });
const line = style({ display: "flex", justifyContent: "space-between", gap: 8, font: "body-sm", color: "body" });
const track = style({ height: 8, borderRadius: "full", backgroundColor: "gray-100", overflow: "hidden" });
const fill = style({ height: 8, borderRadius: "full", backgroundColor: "blue-800" });

/** Horizontal bars relative to `longest`, or to the longest one; the figure stands beside each, so the bar is only an aid. */
export function Bars({ bars, longest }: { bars: readonly Bar[]; longest?: number }) {
  const full = longest ?? Math.max(...bars.map((bar) => bar.value), Number.MIN_VALUE);
  return (
    <ul className={list}>
      {bars.map((bar) => (
        <li key={bar.label}>
          <div className={line}>
            <span>{bar.label}</span>
            <span>{bar.text}</span>
          </div>
          <div className={track} aria-hidden="true">
            <div className={fill} style={{ width: `${Math.max(2, (bar.value / full) * 100)}%` }} />
          </div>
        </li>
      ))}
    </ul>
  );
}
