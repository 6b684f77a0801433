import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, row } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type { SizeStep } from "./read-report.ts";
import type { ModelSummary } from "./shapes.ts";
import { SizeSlider } from "./size-slider.tsx";
import { useModelActions } from "./use-models.ts";

const m = messages.models;

/** The size of a look-alike; another size needs no new training, only new membership. */
export function LookalikePanel({ model, sizes }: { model: ModelSummary; sizes: readonly SizeStep[] }) {
  const { audience, share: saved = 0.05 } = model.settings ?? {};
  const [share, setShare] = useState(saved);
  const { lookalike } = useModelActions();
  const gate = useGate("edit");
  const save = async () => {
    if (audience === undefined) return;
    try {
      await lookalike.mutateAsync({ audience, share });
      showDone(m.sizeSaved);
    } catch (error) {
      showError(error);
    }
  };
  return (
    <Panel title={m.size} description={m.lookalikeText}>
      <SizeSlider share={share} sizes={sizes} onChange={setShare} isDisabled={!gate.isAllowed} />
      <p className={muted}>{m.inRules(`profile.${model.trait ?? model.key}`, formatNumber(1 - share, 3))}</p>
      <div className={row}>
        <GatedButton
          scope="edit"
          variant="secondary"
          isDisabled={share === saved || audience === undefined}
          isPending={lookalike.isPending}
          onPress={() => void save()}
        >
          {m.saveSize}
        </GatedButton>
      </div>
    </Panel>
  );
}
