import { StatusLight } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import type { Gate, ModelSummary } from "./shapes.ts";
import { isTraining } from "./use-models.ts";

const m = messages.models;

const variants: Readonly<Record<string, "positive" | "negative" | "notice" | "neutral" | "informative">> = {
  live: "positive",
  refused: "negative",
  failed: "negative",
  training: "informative",
  running: "informative",
};

/** What a version or a model is up to; the word beside the colour. */
export function ModelStatus({ status }: { status: string }) {
  return (
    <StatusLight variant={variants[status] ?? "neutral"}>
      {m.statuses[status as keyof typeof m.statuses] ?? status}
    </StatusLight>
  );
}

/** A model that is being trained says so, whatever serves meanwhile. */
export function statusOf(model: ModelSummary): string {
  return isTraining(model) ? "training" : model.status;
}

/** In a word whether a version may be used. */
export function gateText(gate: Gate | null): string {
  return gate === null ? m.notJudged : gate.passed ? m.passed : m.refused;
}
