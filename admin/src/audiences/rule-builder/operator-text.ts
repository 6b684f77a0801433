import { messages } from "../../messages.data.ts";
import { negatives } from "./operators.ts";

const m = messages.rules;

/** "is not (or has no value)": an operator in words, with what a negative one also lets in. */
export function operatorText(op: string): string {
  const label = m.operators[op as keyof typeof m.operators] ?? op;
  return negatives.has(op) ? m.orMissing(label) : label;
}
