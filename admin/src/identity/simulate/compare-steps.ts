import type { Simulation } from "./use-simulation.ts";

/** Names of the events that were decided otherwise, or are another person's, than in the run compared with. */
export function otherSteps(run: Simulation, compared: Simulation | undefined): ReadonlySet<string> {
  if (!compared) return new Set();
  const before = new Map(compared.steps.map((step) => [step.messageId, essenceOf(step)]));
  return new Set(run.steps.flatMap((step) => (before.get(step.messageId) === essenceOf(step) ? [] : [step.messageId])));
}

function essenceOf({ profile, decisions }: Simulation["steps"][number]): string {
  return JSON.stringify([profile, decisions]);
}
