import { ProgressBar } from "@react-spectrum/s2";
import { GatedButton } from "../../access/gated-button.tsx";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { replayedOf, type SimulationRun } from "./shapes.ts";
import { useCancelSimulation } from "./use-simulations.ts";

const m = messages.simulations;

/** How far one is. Its orders are looked for first: that takes a moment in which their number is not known. */
export function SimulationProgress({ run }: { run: SimulationRun }) {
  const { done, total } = run;
  const of = replayedOf(run);
  if (total === 0) return <ProgressBar label={m.looking[of]} isIndeterminate />;
  return (
    <ProgressBar
      label={m.replayed[of]}
      value={(done / total) * 100}
      valueLabel={m.ofTotal(formatNumber(done), formatNumber(total))}
    />
  );
}

export function CancelSimulation({ id }: { id: string }) {
  const cancel = useCancelSimulation(id);
  return (
    <GatedButton scope="edit" variant="secondary" isPending={cancel.isPending} onPress={() => cancel.mutate()}>
      {m.cancel}
    </GatedButton>
  );
}
