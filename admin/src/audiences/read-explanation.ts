/** One part of an explained rule. `observed` is the value seen, as text; absent for groups. */
export type ExplainedNode = {
  readonly truth: boolean;
  readonly text: string;
  readonly isBroken: boolean;
  readonly seen: string | undefined;
  readonly children: readonly ExplainedNode[];
};

/** Reads the answer of an explain call: the tree itself, or one under `explanation`. Null when it is neither. */
export function readExplanation(answer: unknown): ExplainedNode | null {
  if (!isRecord(answer)) return null;
  const { node, truth, sentence, observed, broken, children, explanation } = answer;
  if (typeof truth !== "boolean") return explanation === undefined ? null : readExplanation(explanation);
  return {
    truth,
    text: typeof sentence === "string" ? sentence : String(node ?? ""),
    isBroken: broken === true,
    seen: "observed" in answer ? toText(observed) : undefined,
    children: Array.isArray(children) ? children.flatMap((child) => readExplanation(child) ?? []) : [],
  };
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
