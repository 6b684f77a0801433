import { ActionButton, Text, TextArea } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { useDefinitionChoices } from "../../definitions/use-definition.ts";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { stack } from "../../ui/styles.ts";
import type { RunFields } from "./new-run-page.tsx";
import { useNewRun } from "./use-variations.ts";

const m = messages.variations;
const line = style({ display: "flex", gap: 8, alignItems: "end", minWidth: 0 });
const wide = style({ width: "full" });
const grow = style({ flexGrow: 1, minWidth: 0 });
const maxTexts = 10;
const everybody = "";

type Row = { readonly id: number; readonly text: string };

/** Variations of one's own; they are compared with the rules and reviewed like all others. */
export function ManualForm({ fields, source }: { fields: RunFields; source: string }) {
  const [audience, setAudience] = useState(everybody);
  const [rows, setRows] = useState<readonly Row[]>([{ id: 0, text: source }]);
  const choices = useDefinitionChoices("audience").data?.items ?? [];
  const { write } = useNewRun();
  const go = useGo();
  const texts = rows.map(({ text }) => text).filter((text) => text.trim() !== "");
  return (
    <div className={stack}>
      {write.error ? <ErrorState error={write.error} /> : null}
      <ChoiceField
        label={m.audience}
        value={audience}
        choices={[
          { key: everybody, label: m.everybody },
          ...choices
            .filter(({ status }) => status !== "archived")
            .map(({ key, name }) => ({ key, label: name, text: key })),
        ]}
        onChange={setAudience}
      />
      {rows.map(({ id, text }, index) => (
        <div key={id} className={line}>
          <div className={grow}>
            <TextArea
              label={m.text(index + 1)}
              styles={wide}
              value={text}
              onChange={(next) => setRows(rows.map((each) => (each.id === id ? { id, text: next } : each)))}
            />
          </div>
          {rows.length > 1 ? (
            <ActionButton
              isQuiet
              aria-label={m.removeText(index + 1)}
              onPress={() => setRows(rows.filter((each) => each.id !== id))}
            >
              <Close />
            </ActionButton>
          ) : null}
        </div>
      ))}
      <div>
        <ActionButton
          isDisabled={rows.length >= maxTexts}
          onPress={() => setRows([...rows, { id: 1 + Math.max(...rows.map(({ id }) => id)), text: source }])}
        >
          <Add />
          <Text>{m.addText}</Text>
        </ActionButton>
      </div>
      <div>
        <GatedButton
          scope="edit"
          variant="accent"
          isDisabled={texts.length === 0 || fields.locale === ""}
          isPending={write.isPending}
          onPress={() =>
            write.mutate(
              { ...fields, audience: audience === everybody ? null : audience, texts },
              { onSuccess: ({ run }) => go(`/variations/${run.id}`) },
            )
          }
        >
          {m.store}
        </GatedButton>
      </div>
    </div>
  );
}
