import { formatInstant, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Bars } from "../ui/bars.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Tile } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { body, halves, stackWide, tiles } from "../ui/styles.ts";
import { LineChart } from "./charts/line-chart.tsx";
import { ClusterCards } from "./cluster-cards.tsx";
import type { CalibrationRow, LiftRow, ModelReport } from "./read-report.ts";

const m = messages.models;
const shares = new Set(["calibrationError", "totalError", "explained"]);
const mostImportant = 12;

/** How a version did: figures beside those of simple rules, calibration, lift, what it looks at, groups. */
export function ReportPanels({ report }: { report: ModelReport }) {
  return (
    <div className={stackWide}>
      <QualityPanel report={report} />
      {report.warnings.length > 0 ? (
        <Panel title={m.warnings}>
          <ul className={body}>
            {report.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Panel>
      ) : null}
      <div className={halves}>
        {report.calibration.length > 1 ? <CalibrationPanel rows={report.calibration} /> : null}
        {report.lift.length > 1 ? <LiftPanel rows={report.lift} /> : null}
      </div>
      {report.importance.length > 0 ? (
        <Panel title={m.importance} description={m.importanceText}>
          <Bars
            bars={report.importance.slice(0, mostImportant).map(({ sentence, share }) => ({
              label: sentence,
              value: share,
              text: formatShare(share),
            }))}
          />
        </Panel>
      ) : null}
      {report.clusters.length > 0 ? <ClusterCards clusters={report.clusters} /> : null}
    </div>
  );
}

function figureText(name: string, value: number | undefined): string {
  if (value === undefined) return messages.common.none;
  return shares.has(name) ? formatShare(value) : formatNumber(value, 3);
}

function labelOf(name: string): string {
  return m.metrics[name as keyof typeof m.metrics] ?? name;
}

function QualityPanel({ report }: { report: ModelReport }) {
  const names = Object.keys(report.metrics);
  if (names.length === 0) return null;
  const judged = [report.trainTo, report.testTo].map((at) => (at === "" ? "" : formatInstant(at)));
  const baselines = Object.entries(report.baselines);
  const columns: readonly Column<string>[] = [
    { key: "metric", label: m.metric, text: labelOf },
    { key: "model", label: m.model, align: "end", text: (name) => figureText(name, report.metrics[name]) },
    ...baselines.map(
      ([baseline, metrics]): Column<string> => ({
        key: baseline,
        label: m.baselines[baseline as keyof typeof m.baselines] ?? baseline,
        align: "end",
        text: (name) => figureText(name, metrics[name]),
      }),
    ),
  ];
  return (
    <Panel
      title={m.quality}
      {...(judged.join("") === "" ? {} : { description: m.qualityText(judged[0] ?? "", judged[1] ?? "") })}
    >
      <div className={tiles}>
        {names.slice(0, 4).map((name) => (
          <Tile
            key={name}
            label={labelOf(name)}
            value={figureText(name, report.metrics[name])}
            note={m.metricTexts[name as keyof typeof m.metricTexts]}
          />
        ))}
      </div>
      {baselines.length > 0 ? (
        <DataTable label={m.quality} columns={columns} rows={names} rowKey={(name) => name} />
      ) : null}
    </Panel>
  );
}

/** Probabilities are shown as shares, amounts as they are. */
function CalibrationPanel({ rows }: { rows: readonly CalibrationRow[] }) {
  const isShare = rows.every(({ expected, actual }) => expected <= 1 && actual <= 1);
  const format = (value: number) => (isShare ? formatShare(value) : formatNumber(value, 0));
  const sorted = [...rows].sort((a, b) => a.expected - b.expected);
  return (
    <Panel title={m.calibration} description={m.calibrationText}>
      <LineChart
        label={m.calibration}
        xLabel={m.expected}
        formatX={format}
        formatY={format}
        series={[
          { label: m.actual, points: sorted.map(({ expected, actual }) => ({ x: expected, y: actual })) },
          { label: m.ideal, points: sorted.map(({ expected }) => ({ x: expected, y: expected })) },
        ]}
      />
    </Panel>
  );
}

function LiftPanel({ rows }: { rows: readonly LiftRow[] }) {
  return (
    <Panel title={m.lift} description={m.liftText}>
      <Bars
        bars={rows.map(({ decile, lift, rate }) => ({
          label: m.decile(formatNumber(decile)),
          value: lift,
          text: `${m.times(formatNumber(lift, 1))}${rate > 0 && rate <= 1 ? ` (${formatShare(rate)})` : ""}`,
        }))}
      />
    </Panel>
  );
}
