import { messages } from "../messages.data.ts";

/** One part of an explained rule. `observed` is the value seen, as text; absent for groups. */
export type ExplainedNode = {
  readonly truth: boolean;
  readonly text: string;
  readonly isBroken: boolean;
  readonly seen: string | undefined;
  readonly children: readonly ExplainedNode[];
};

/** Reads an explained rule as the server tells it; null when it is none. */
export function readExplanation(answer: unknown): ExplainedNode | null {
  if (!isRecord(answer)) return null;
  const { node, truth, sentence, observed, broken, children } = answer;
  if (typeof truth !== "boolean") return null;
  return {
    truth,
    // What was seen stands on a line of its own here.
    text: typeof sentence === "string" ? sentence.replace(/ \(seen: .*\)$/s, "") : String(node ?? ""),
    isBroken: broken === true,
    seen: "observed" in answer ? toText(observed) : undefined,
    children: Array.isArray(children) ? children.flatMap((child) => readExplanation(child) ?? []) : [],
  };
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return messages.common.none;
  if (isRecord(value) && "value" in value && "of" in value) {
    return messages.why.measured(toText(value["value"]), toText(value["of"]));
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
