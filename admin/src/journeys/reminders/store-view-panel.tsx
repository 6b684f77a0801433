import { ActionButton, Button, Picker, PickerItem, TextArea, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { useStoreViews } from "../../shell/use-store-views.ts";
import { Panel } from "../../ui/page.tsx";
import { muted, rowBetween, rowEnd, rowStart, stack, strong } from "../../ui/styles.ts";
import type { Channel, ReminderBody, StoreViewTexts } from "./shapes.ts";
import { channels, templateOf, templatePath, withTemplate } from "./templates.ts";
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
          taken={body.channels ?? ["email"]}
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
  /** Channels of the rule. */
  readonly taken: readonly Channel[];
  readonly onChange: (texts: StoreViewTexts) => void;
  readonly onRemove: () => void;
};

function choiceOf(template: string | null | undefined): Choice {
  return template === undefined ? "same" : template === null ? "none" : "own";
}

type TemplateProps = Omit<Props, "name" | "taken" | "onRemove"> & { readonly channel: Channel; readonly path: string };

/** What customers of the store view get on one channel: as all others, nothing, or a text of their own. */
function TemplateField({ channel, texts, path, onChange, faults, isReadOnly }: TemplateProps) {
  const template = templateOf(texts, channel);
  const label = m.templateNames[channel];
  return (
    <>
      <OptionField
        label={label}
        value={choiceOf(template)}
        options={m.templateChoices}
        isReadOnly={isReadOnly}
        onChange={(choice) =>
          onChange(withTemplate(texts, channel, choice === "same" ? undefined : choice === "none" ? null : ""))
        }
      />
      {choiceOf(template) === "own" ? (
        <TextField
          label={m.templateKey(label)}
          value={template ?? ""}
          isReadOnly={isReadOnly}
          onChange={(key) => onChange(withTemplate(texts, channel, key))}
          {...invalidProps(faults, `${path}${templatePath(channel)}`)}
        />
      ) : null}
    </>
  );
}

function StoreViewTextsFields({ name, texts, taken, onChange, onRemove, faults, isReadOnly }: Props) {
  const path = `/byStoreView/${name}`;
  // One of a channel that the rule no longer takes stays in sight: its faults would have no place else.
  const shown = channels.filter((each) => taken.includes(each) || templateOf(texts, each) !== undefined);
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
        {shown.map((channel) => (
          <TemplateField key={channel} {...{ channel, texts, path, onChange, faults, isReadOnly }} />
        ))}
      </div>
      <div className={rowStart}>
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
