import { compileFormula, type Formula, FormulaFault } from "../../traits/index.ts";

const subjects = ["profile", "context", "cart", "product", "item", "model"] as const;
const itemPaths = /^item\.(priority|starts_in_hours|ends_in_hours|age_hours|attributes\..+|tags\..+)$/;

/** What a formula may read of the offer in hand. */
export type FormulaItem = {
  readonly priority: number;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly updatedAt: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly tags: ReadonlySet<string>;
};

const hourMs = 3_600_000;

function readItem(item: FormulaItem, key: string, nowMs: number): unknown {
  if (key.startsWith("attributes.")) {
    const name = key.slice("attributes.".length);
    return Object.hasOwn(item.attributes, name) ? item.attributes[name] : undefined;
  }
  if (key.startsWith("tags.")) return item.tags.has(key.slice("tags.".length));
  switch (key) {
    case "priority":
      return item.priority;
    case "starts_in_hours":
      return item.fromMs === null ? undefined : (item.fromMs - nowMs) / hourMs;
    case "ends_in_hours":
      return item.toMs === null ? undefined : (item.toMs - nowMs) / hourMs;
    case "age_hours":
      return (nowMs - item.updatedAt) / hourMs;
    default:
      return undefined;
  }
}

/** @returns what is wrong with a formula; undefined = nothing */
export function formulaFault(text: string, hasModel: boolean): string | undefined {
  let formula: Formula;
  try {
    formula = compileFormula(text);
  } catch (error) {
    if (error instanceof FormulaFault) return error.message;
    throw error;
  }
  for (const path of formula.reads) {
    const [subject = ""] = path.split(".");
    if (!subjects.some((known) => known === subject))
      return `${path} is unknown; start with ${subjects.map((known) => `${known}.`).join(" ")}`;
    if (subject === "item" && !itemPaths.test(path))
      return `${path} is unknown; an item has priority, starts_in_hours, ends_in_hours, age_hours, attributes.<name> and tags.<tag>`;
    if (subject === "model" && path !== "model.score") return `${path} is unknown; a model has a score`;
    if (subject === "model" && !hasModel) return "model.score needs a model in the ranking";
  }
  return undefined;
}

export type FormulaScore = (
  item: FormulaItem,
  read: (path: string) => unknown,
  modelScore: number | undefined,
  nowMs: number,
) => number;

/** Compiles a checked formula. The score of what cannot be computed is −∞: it ranks last. */
export function compileScore(text: string): FormulaScore {
  const { evaluate } = compileFormula(text);
  return (item, read, modelScore, nowMs) => {
    const value = evaluate((path) => {
      if (path.startsWith("item.")) return readItem(item, path.slice(5), nowMs);
      return path === "model.score" ? modelScore : read(path);
    }, nowMs);
    if (typeof value === "boolean") return value ? 1 : 0;
    return typeof value === "number" && Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY;
  };
}
