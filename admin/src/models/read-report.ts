/**
 * What a model's report says, whatever its kind: a score has metrics, calibration and lift, a look-alike sizes, groups their
 * cards. What is not there is empty, and what is no figure is left out, so that a page never draws nonsense.
 */
export type Metrics = Readonly<Record<string, number>>;
export type CalibrationRow = { readonly expected: number; readonly actual: number; readonly count: number };
export type LiftRow = { readonly decile: number; readonly rate: number; readonly lift: number };
export type Importance = { readonly feature: string; readonly share: number; readonly sentence: string };
export type Cluster = {
  readonly id: string;
  readonly label: string;
  readonly people: number;
  readonly share: number;
  readonly sentences: readonly string[];
};
export type SizeStep = { readonly share: number; readonly likeness: number | null };

export type ModelReport = {
  readonly metrics: Metrics;
  /** By the name of what the model is compared with. */
  readonly baselines: Readonly<Record<string, Metrics>>;
  readonly calibration: readonly CalibrationRow[];
  readonly lift: readonly LiftRow[];
  readonly importance: readonly Importance[];
  readonly clusters: readonly Cluster[];
  readonly sizes: readonly SizeStep[];
  /** What to know before the figures are trusted, in words. */
  readonly warnings: readonly string[];
  readonly trainTo: string;
  readonly testTo: string;
};

const maxRows = 200;

export function readReport(answer: unknown): ModelReport {
  const outer = recordOf(answer);
  const report = "report" in outer ? recordOf(outer["report"]) : outer;
  const measured = "measured" in report ? recordOf(report["measured"]) : report;
  const split = recordOf(report["split"]);
  const own = metricsOf(measured["metrics"]);
  return {
    metrics: { ...metricsOf({ auc: report["auc"], explained: report["explained"] }), ...own },
    baselines: baselinesOf(measured),
    calibration: rowsOf(measured["calibration"], ({ expected, actual, count }) =>
      isNumber(expected) && isNumber(actual) ? { expected, actual, count: isNumber(count) ? count : 0 } : null,
    ),
    lift: rowsOf(measured["lift"], ({ decile, rate, lift }) =>
      isNumber(decile) && isNumber(lift) ? { decile, rate: isNumber(rate) ? rate : 0, lift } : null,
    ),
    importance: rowsOf(report["importance"], ({ feature, share, sentence }) =>
      isNumber(share) ? { feature: textOf(feature), share, sentence: textOf(sentence) || textOf(feature) } : null,
    ),
    clusters: rowsOf(report["clusters"] ?? report["cards"], clusterOf),
    sizes: rowsOf(report["sizes"], ({ share, likeness }) =>
      isNumber(share) ? { share, likeness: isNumber(likeness) ? likeness : null } : null,
    ),
    warnings: rowsOf(report["warnings"], ({ message }) => textOf(message) || null),
    trainTo: dateOf(split["trainTo"]),
    testTo: dateOf(split["testTo"]),
  };
}

function baselinesOf(report: Readonly<Record<string, unknown>>): ModelReport["baselines"] {
  const all = { ...recordOf(report["baselines"]), ...nested(report["baseline"]) };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, metrics]) => [name, metricsOf(metrics)] as const)
      .filter(([, metrics]) => Object.keys(metrics).length > 0),
  );
}

/** One baseline as `{auc}`, or several as `{rfm: {auc}}`. */
function nested(baseline: unknown): Readonly<Record<string, unknown>> {
  const record = recordOf(baseline);
  const isOne = Object.values(record).some((value) => typeof value === "number");
  return isOne ? { baseline: record } : record;
}

function clusterOf({ id, label, description, people, count, share, differs }: Row): Cluster | null {
  const size = isNumber(people) ? people : count;
  if (!isNumber(size)) return null;
  const sentences = Array.isArray(differs)
    ? differs.map((each) => textOf(recordOf(each)["sentence"])).filter((sentence) => sentence !== "")
    : [textOf(description)].filter((sentence) => sentence !== "");
  return { id: String(id ?? ""), label: textOf(label), people: size, share: isNumber(share) ? share : 0, sentences };
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf<T>(value: unknown, read: (row: Row) => T | null): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxRows).flatMap((row) => read(recordOf(row)) ?? []);
}

function metricsOf(value: unknown): Metrics {
  return Object.fromEntries(
    Object.entries(recordOf(value)).filter((entry): entry is [string, number] => isNumber(entry[1])),
  );
}

function recordOf(value: unknown): Row {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Row) : {};
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function dateOf(value: unknown): string {
  if (typeof value !== "string" && !isNumber(value)) return "";
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
