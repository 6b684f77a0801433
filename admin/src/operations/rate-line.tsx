import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";

const width = 600;
const height = 80;
const frame = style({ width: "full", height: 80, display: "block" });
const line = style({ stroke: "blue-800", fill: "none" });
const area = style({ fill: "blue-200", opacity: 0.5 });

/** A small line of recent values from zero up; the same is said in words for those who do not see it. */
export function RateLine({ values, label }: { values: readonly number[]; label: string }) {
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${index * step},${height - 4 - (value / top) * (height - 8)}`);
  const text = messages.home.rateText(formatNumber(Math.min(...values, top)), formatNumber(top));
  return (
    <svg
      className={frame}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${text}`}
    >
      {values.length > 1 ? (
        <>
          <polygon className={area} points={`0,${height} ${points.join(" ")} ${width},${height}`} />
          <polyline className={line} points={points.join(" ")} strokeWidth="2" vectorEffect="non-scaling-stroke" />
        </>
      ) : (
        <line className={line} x1="0" x2={width} y1={height - 4} y2={height - 4} strokeWidth="2" />
      )}
    </svg>
  );
}
