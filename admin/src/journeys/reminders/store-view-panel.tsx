import { ActionButton, Button, Picker, PickerItem, TextArea, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { useStoreViews } from "../../shell/use-store-views.ts";
import { Panel } from "../../ui/page.tsx";
import { muted, rowBetween, rowEnd, rowStart, stack, strong } from "../../ui/styles.ts";
import type { ReminderBody, StoreViewTexts } from "./shapes.ts";
import { withField } from "./with-field.ts";

const m = messages.reminders;
type Choice = keyof typeof m.templateChoices;

/** Template, texts and sender of customers of single store views. */
export function StoreViewPanel({ body, onChange, faults, isReadOnly }: FormProps<ReminderBody>) {
  const known = useStoreViews();
  const views = body.byStoreView ?? {};
  const names = Object.keys(views);
  const free = known.filter((name) => !names.includes(name));
  const set = (next: Readonly<Record<string, StoreViewTexts>>) =>
    onChange(withField(body, "byStoreView", Object.keys(next).length === 0 ? undefined : next));
  return (
    <Panel title={m.byStoreView} description={m.byStoreViewText}>
      {names.map((name) => (
        <StoreViewTextsFields
          key={name}
          name={name}
          texts={views[name] ?? {}}
          onChange={(texts) => set({ ...views, [name]: texts })}
          onRemove={() => set(Object.fromEntries(Object.entries(views).filter(([other]) => other !== name)))}
          faults={faults}
          isReadOnly={isReadOnly}
        />
      ))}
      {isReadOnly ? null : known.length === 0 && names.length === 0 ? (
        <p className={muted}>{m.noStoreViews}</p>
      ) : (
        <AddStoreView free={free} onAdd={(name) => set({ ...views, [name]: {} })} />
      )}
    </Panel>
  );
}

function AddStoreView({ free, onAdd }: { readonly free: readonly string[]; readonly onAdd: (name: string) => void }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const name = chosen !== null && free.includes(chosen) ? chosen : free[0];
  if (name === undefined) return null;
  return (
    <div className={rowEnd}>
      <Picker label={m.storeView} selectedKey={name} onSelectionChange={(key) => setChosen(String(key))}>
        {free.map((each) => (
          <PickerItem key={each} id={each}>
            {each}
          </PickerItem>
        ))}
      </Picker>
      <Button variant="secondary" onPress={() => onAdd(name)}>
        {m.addStoreView}
      </Button>
    </div>
  );
}

type Props = Pick<FormProps<ReminderBody>, "faults" | "isReadOnly"> & {
  readonly name: string;
  readonly texts: StoreViewTexts;
  readonly onChange: (texts: StoreViewTexts) => void;
  readonly onRemove: () => void;
};

function choiceOf({ template }: StoreViewTexts): Choice {
  return template === undefined ? "same" : template === null ? "none" : "own";
}

function StoreViewTextsFields({ name, texts, onChange, onRemove, faults, isReadOnly }: Props) {
  const path = `/byStoreView/${name}`;
  const choose = (choice: Choice) =>
    onChange(
      choice === "same"
        ? withField(texts, "template", undefined)
        : { ...texts, template: choice === "none" ? null : "" },
    );
  return (
    <section className={stack} aria-label={m.ofStoreView(name)}>
      <div className={rowBetween}>
        <h3 className={strong}>{m.ofStoreView(name)}</h3>
        {isReadOnly ? null : (
          <ActionButton size="S" aria-label={m.removeStoreView(name)} onPress={onRemove}>
            {m.remove}
          </ActionButton>
        )}
      </div>
      <div className={rowStart}>
        <OptionField
          label={m.templateOf}
          value={choiceOf(texts)}
          options={m.templateChoices}
          isReadOnly={isReadOnly}
          onChange={choose}
        />
        {choiceOf(texts) === "own" ? (
          <TextField
            label={m.template}
            value={texts.template ?? ""}
            isReadOnly={isReadOnly}
            onChange={(key) => onChange({ ...texts, template: key })}
            {...invalidProps(faults, `${path}/template`)}
          />
        ) : null}
        <TextField
          label={m.mailTitle}
          value={texts.title ?? ""}
          isReadOnly={isReadOnly}
          onChange={(title) => onChange(withField(texts, "title", title || undefined))}
          {...invalidProps(faults, `${path}/title`)}
        />
        <TextField
          label={m.sender}
          description={m.senderText}
          value={texts.sender ?? ""}
          isReadOnly={isReadOnly}
          onChange={(sender) => onChange(withField(texts, "sender", sender || undefined))}
          {...invalidProps(faults, `${path}/sender`)}
        />
      </div>
      <TextArea
        label={m.mailText}
        value={texts.promotionText ?? ""}
        isReadOnly={isReadOnly}
        onChange={(text) => onChange(withField(texts, "promotionText", text || undefined))}
        {...invalidProps(faults, `${path}/promotionText`)}
      />
    </section>
  );
}
