/**
 * A small line chart: axes with round figures, one line a series told apart by colour and dash, and the figures in a table behind
 * it. Charts are drawings of their table, never the only place of a figure.
 */
import { Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { muted, row, stackTight } from "../../ui/styles.ts";
import { roundTicks } from "./round-ticks.ts";

export type ChartPoint = { readonly x: number; readonly y: number };
export type ChartSeries = { readonly label: string; readonly points: readonly ChartPoint[] };

type Props = {
  label: string;
  series: readonly ChartSeries[];
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  xLabel: string;
  /** Marks on the x axis; default round figures. */
  xTicks?: readonly number[];
  /** What is counted has no marks between whole figures. */
  isCount?: boolean;
};

const width = 640;
const height = 260;
const left = 56;
const right = 12;
const top = 12;
const bottom = 36;
const dashes = ["", "6 4", "2 3"] as const;
const kinds = ["first", "second", "third"] as const;

const frame = style({ width: "full", maxWidth: 720, height: "auto", display: "block" });
const grid = style({ stroke: "gray-200" });
const tickText = style({ fill: "gray-700", fontSize: "ui-sm", fontFamily: "sans" });
const line = style({
  stroke: { kind: { first: "blue-900", second: "orange-900", third: "seafoam-900" } },
  fill: "none",
});
const mark = style({ fill: { kind: { first: "blue-900", second: "orange-900", third: "seafoam-900" } } });

export function LineChart({ label, series, formatX, formatY, xLabel, xTicks, isCount = false }: Props) {
  const points = series.flatMap((each) => each.points);
  const xs = points.map(({ x }) => x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const yTicks = roundTicks(0, Math.max(...points.map(({ y }) => y), 0), isCount ? 1 : 0);
  const yTop = yTicks.at(-1) ?? 1;
  const placeX = (x: number) => left + ((x - low) / (high - low || 1)) * (width - left - right);
  const placeY = (y: number) => height - bottom - (y / yTop) * (height - top - bottom);
  const marks = xTicks ?? roundTicks(low, high).filter((x) => x >= low && x <= high);
  return (
    <div className={stackTight}>
      <Legend series={series} />
      <svg className={frame} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {yTicks.map((y) => (
          <g key={y}>
            <line className={grid} x1={left} x2={width - right} y1={placeY(y)} y2={placeY(y)} />
            <text className={tickText} x={left - 6} y={placeY(y) + 4} textAnchor="end">
              {formatY(y)}
            </text>
          </g>
        ))}
        {marks.map((x) => (
          <text key={x} className={tickText} x={placeX(x)} y={height - bottom + 16} textAnchor={anchorAt(placeX(x))}>
            {formatX(x)}
          </text>
        ))}
        <text className={tickText} x={(left + width - right) / 2} y={height - 4} textAnchor="middle">
          {xLabel}
        </text>
        {series.map((each, index) => (
          <Series key={each.label} series={each} index={index} placeX={placeX} placeY={placeY} />
        ))}
      </svg>
      <Figures label={label} series={series} formatX={formatX} formatY={formatY} xLabel={xLabel} />
    </div>
  );
}

/** At the right edge a text in the middle of its mark would be cut. */
function anchorAt(place: number): "middle" | "end" {
  return place > width - right - 24 ? "end" : "middle";
}

type SeriesProps = {
  series: ChartSeries;
  index: number;
  placeX: (x: number) => number;
  placeY: (y: number) => number;
};

function Series({ series, index, placeX, placeY }: SeriesProps) {
  const kind = kinds[index % kinds.length] ?? "first";
  const dots = series.points.map(({ x, y }) => ({ x: placeX(x), y: placeY(y) }));
  return (
    <>
      <polyline
        className={line({ kind })}
        points={dots.map(({ x, y }) => `${x},${y}`).join(" ")}
        strokeWidth="2"
        strokeDasharray={dashes[index % dashes.length]}
      />
      {dots.length > 40
        ? null
        : dots.map(({ x, y }) => <circle key={x} className={mark({ kind })} cx={x} cy={y} r="3" />)}
    </>
  );
}

function Legend({ series }: { series: readonly ChartSeries[] }) {
  if (series.length < 2) return null;
  return (
    <div className={row}>
      {series.map((each, index) => (
        <span key={each.label} className={muted}>
          <svg width="28" height="8" aria-hidden="true">
            <line
              className={line({ kind: kinds[index % kinds.length] ?? "first" })}
              x1="0"
              x2="28"
              y1="4"
              y2="4"
              strokeWidth="2"
              strokeDasharray={dashes[index % dashes.length]}
            />
          </svg>{" "}
          {each.label}
        </span>
      ))}
    </div>
  );
}

/** Every figure that the chart draws. */
function Figures({ label, series, formatX, formatY, xLabel }: Props) {
  const xs = [...new Set(series.flatMap((each) => each.points.map(({ x }) => x)))].sort((a, b) => a - b);
  return (
    <Disclosure size="S" isQuiet>
      <DisclosureTitle level={3}>{messages.models.figures}</DisclosureTitle>
      <DisclosurePanel>
        <DataTable
          label={label}
          rows={xs}
          rowKey={String}
          columns={[
            { key: "x", label: xLabel, isOneLine: true, text: formatX },
            ...series.map((each) => ({
              key: each.label,
              label: each.label,
              align: "end" as const,
              text: (x: number) => {
                const point = each.points.find((candidate) => candidate.x === x);
                return point ? formatY(point.y) : messages.common.none;
              },
            })),
          ]}
        />
      </DisclosurePanel>
    </Disclosure>
  );
}
