import { Checkbox, NumberField, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { DefinitionsField } from "../../definitions/definition-field.tsx";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { rowStart, stack } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import type { RunFields } from "./new-run-page.tsx";
import { useNewRun } from "./use-variations.ts";

const m = messages.variations;
const wide = style({ width: "full" });
const maxAudiences = 10;

/** Asks the model, once for each audience. */
export function GenerateForm({ fields }: { fields: RunFields }) {
  const [audiences, setAudiences] = useState<readonly string[]>([]);
  const [isForAll, setForAll] = useState(false);
  const [count, setCount] = useState(3);
  const [instructions, setInstructions] = useState("");
  const { generate } = useNewRun();
  const go = useGo();
  const all = [...audiences, ...(isForAll ? [null] : [])];
  const start = () =>
    generate.mutate(
      { ...fields, audiences: all, count, instructions },
      {
        onSuccess: ({ runs }) => {
          showDone(m.started(runs.length));
          const [only, ...others] = runs;
          go(only && others.length === 0 ? `/variations/${only.id}` : `/variations?block=${fields.block}`);
        },
      },
    );
  return (
    <div className={stack}>
      {generate.error ? <ErrorState error={generate.error} /> : null}
      <div className={rowStart}>
        <DefinitionsField
          kind="audience"
          label={m.audiences}
          placeholder={messages.audiences.choose}
          values={audiences}
          path="/audiences"
          faults={[]}
          isReadOnly={false}
          onChange={setAudiences}
        />
        <NumberField
          label={m.count}
          description={m.countText}
          minValue={1}
          maxValue={10}
          value={count}
          onChange={(value) => setCount(Number.isNaN(value) ? 3 : Math.round(value))}
        />
      </div>
      <Checkbox isSelected={isForAll} onChange={setForAll}>
        {m.forEverybody}
      </Checkbox>
      <TextArea
        label={m.instructions}
        description={m.instructionsText}
        styles={wide}
        value={instructions}
        onChange={setInstructions}
      />
      <div>
        <GatedButton
          scope="edit"
          variant="accent"
          isDisabled={all.length === 0 || all.length > maxAudiences || fields.locale === ""}
          isPending={generate.isPending}
          onPress={start}
        >
          {m.generate}
        </GatedButton>
      </div>
    </div>
  );
}
