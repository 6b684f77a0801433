import { type Answer, answerQuestion, questions, readOrdersFiles } from "../models/index.ts";
import { UsageError } from "./usage.ts";

const usage = `clientele models evaluate --orders <file…> [--until <date>] [--split <date>] [--currency <code>] [--json]

  --orders    CSV of order lines (.gz too): customer, order number, time, quantity, price; may be given several times
  --until     last day that is read, UTC; default: all
  --split     last day that the training knows; default: as many days before the end as are foretold
  --currency  of the prices; default GBP`;

const dayMs = 86_400_000;
const seed = 1;

function endOfDay(name: string, text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError(`${name} is ${text}; write a day as 2011-08-31\n\n${usage}`);
  return at;
}

type Options = {
  readonly orders: readonly string[];
  readonly until: number | undefined;
  readonly split: number | undefined;
  readonly currency: string;
  readonly isJson: boolean;
};

function readOptions(args: readonly string[]): Options {
  const orders: string[] = [];
  let [until, split, currency, isJson]: [number | undefined, number | undefined, string, boolean] = [
    undefined,
    undefined,
    "GBP",
    false,
  ];
  for (let at = 0; at < args.length; at += 1) {
    const [name = "", value] = [args[at], args[at + 1]];
    if (name === "--json") {
      isJson = true;
      continue;
    }
    if (value === undefined) throw new UsageError(`${name} needs a value\n\n${usage}`);
    at += 1;
    if (name === "--orders") orders.push(value);
    else if (name === "--until") until = endOfDay(name, value);
    else if (name === "--split") split = endOfDay(name, value);
    else if (name === "--currency" && /^[A-Z]{3}$/.test(value)) currency = value;
    else throw new UsageError(`${name} ${value} is not known\n\n${usage}`);
  }
  if (orders.length === 0) throw new UsageError(usage);
  return { orders, until, split, currency, isJson };
}

function figure(value: number | null | undefined, width = 10): string {
  const text = typeof value !== "number" ? "–" : Math.abs(value) >= 1_000 ? value.toFixed(0) : value.toFixed(4);
  return text.padStart(width);
}

function describe({ name, testFrom, testTo, trainCutoffs, trainRows, learner, measured, gate }: Answer): string {
  const { metrics, baselines, lift, rows, positives } = measured;
  const columns =
    metrics.mae === undefined
      ? (["auc", "logLoss", "calibrationError", "rankCorrelation"] as const)
      : (["mae", "rankCorrelation", "totalError"] as const);
  const line = (label: string, of: typeof metrics): string =>
    `  ${label.padEnd(18)}${columns.map((column) => figure(of[column], 18)).join("")}`;
  return [
    `${name}: known until ${testFrom.slice(0, 10)}, compared with ${testFrom.slice(0, 10)} to ${testTo.slice(0, 10)}`,
    `  learned from ${trainRows} rows at ${trainCutoffs.length} cut-offs (${learner}); ${rows} people in the test, ${positives} with an order`,
    `  ${"".padEnd(18)}${columns.map((column) => column.padStart(18)).join("")}`,
    line("model", metrics),
    line("RFM", baselines.rfm),
    line("spend continues", baselines.spendContinues),
    `  lift of the best tenth ${figure(lift[0]?.lift, 0)}; gate ${gate.passed ? "passed" : "failed"}: ${gate.reasons.join("; ")}`,
  ].join("\n");
}

/** `clientele models evaluate`: how well the product would have known who buys again, and for how much. */
export async function modelsCommand([what, ...args]: readonly string[]): Promise<number> {
  if (what !== "evaluate") throw new UsageError(usage);
  const { orders, until, split, currency, isJson } = readOptions(args);
  const file = await readOrdersFiles(orders, currency, until);
  if (file.orders === 0) throw new UsageError(`there is no order in ${orders.join(", ")}`);
  const splitOf = (horizonDays: number): number => split ?? file.until - horizonDays * dayMs;
  // The last day of a file need not have an order in its last hour.
  const asked = questions.filter(({ horizonDays }) => splitOf(horizonDays) + horizonDays * dayMs <= file.until + dayMs);
  if (asked.length === 0)
    throw new UsageError(`the orders end ${new Date(file.until).toISOString()}, too soon after --split`);
  const answers = asked.map((question) =>
    answerQuestion(
      file.people.values(),
      currency,
      question,
      { from: file.from, until: file.until, splitMs: splitOf(question.horizonDays) },
      seed,
    ),
  );
  if (isJson)
    process.stdout.write(
      `${JSON.stringify({ customers: file.people.size, orders: file.orders, skipped: file.skipped, answers })}\n`,
    );
  else {
    const head = `${file.people.size} customers, ${file.orders} orders, ${new Date(file.from).toISOString().slice(0, 10)} to ${new Date(file.until).toISOString().slice(0, 10)}; ${file.skipped} lines without customer skipped; amounts in minor units of ${currency}`;
    const left = questions.filter((question) => !asked.includes(question));
    const notes = left.map(({ name }) => `${name}: not asked, the orders end too soon after the split`);
    process.stdout.write(`${[head, ...answers.map(describe), ...notes].join("\n\n")}\n`);
  }
  return 0;
}
