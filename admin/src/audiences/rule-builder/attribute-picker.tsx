import { ComboBox, ComboBoxItem, Text } from "@react-spectrum/s2";
import { useMemo, useState } from "react";
import { messages } from "../../messages.data.ts";
import { useBuilder } from "./builder-context.ts";
import { type AttributeSpec, isPattern } from "./operators.ts";
import { useSeenEvents } from "./use-seen-events.ts";

const m = messages.rules;

type Props = {
  path: string;
  subjects: readonly string[];
  isDisabled: boolean;
  onChange: (path: string) => void;
  label?: string;
  /** Events in hand: what was seen on them is offered beside the catalog. */
  events?: readonly string[];
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** Finds an attribute by its label or path; a path that only a pattern knows can be typed. */
export function AttributePicker({ path, subjects, isDisabled, onChange, label, events, ...fault }: Props) {
  const choices = useChoices(subjects, events);
  // What was chosen here is shown already; another path from outside (undo, a template) starts the field over.
  const [own, setOwn] = useState({ path, round: 0 });
  if (own.path !== path) setOwn({ path, round: own.round + 1 });
  const change = (next: string) => {
    setOwn({ ...own, path: next });
    onChange(next);
  };
  const chosen = choices.find((spec) => spec.path === path);
  return (
    <ComboBox
      // The label of a path is known only once the catalog is; the field then starts over with it.
      key={`${choices.length} ${own.round}`}
      aria-label={label ?? m.attribute}
      size="S"
      placeholder={m.chooseAttribute}
      menuWidth={360}
      isDisabled={isDisabled}
      allowsCustomValue
      menuTrigger="focus"
      defaultItems={choices}
      {...(chosen ? { defaultSelectedKey: path } : { defaultInputValue: path })}
      onSelectionChange={(key) => {
        if (key !== null && key !== path) change(String(key));
      }}
      onBlur={(event) => {
        const typed = (event.target as HTMLInputElement).value ?? "";
        const named = choices.find((spec) => spec.text === typed);
        if (!named && typed.includes(".") && typed !== path) change(typed);
      }}
      {...fault}
    >
      {(spec) => (
        <ComboBoxItem id={spec.path} textValue={spec.text}>
          <Text slot="label">{spec.text}</Text>
          <Text slot="description">{spec.path}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}

type Choice = AttributeSpec & { readonly text: string };

/** The attributes of the subjects, and properties that were seen on the events; the same objects as long as these are. */
function useChoices(subjects: readonly string[], events: readonly string[] | undefined): readonly Choice[] {
  const { attributes } = useBuilder();
  const seen = useSeenEvents();
  const wanted = subjects.join();
  const inHand = events?.join();
  return useMemo(() => {
    const list = wanted.split(",");
    const catalog = list.flatMap((subject) =>
      attributes.filter((spec) => spec.path.split(".")[0] === subject && !isPattern(spec.path)),
    );
    const known = new Set(catalog.map((spec) => spec.path));
    const found = list.includes("event")
      ? seen.flatMap((each) => (fits(each.type, inHand?.split(",")) ? each.paths : []))
      : [];
    const own = [...new Set(found)]
      .filter((path) => !known.has(path))
      .map((path): AttributeSpec => ({ path, type: "json", label: path.replace(/^event\.properties\./, "") }));
    return [...catalog, ...own].map((spec) => ({ ...spec, text: attributeLabel(spec) }));
  }, [attributes, seen, wanted, inHand]);
}

function fits(type: string, events: readonly string[] | undefined): boolean {
  return events === undefined || events.includes(type);
}

/** "Profile: Gender"; labels that name their subject already stay as they are. */
export function attributeLabel(spec: AttributeSpec): string {
  const subject = m.subjects[(spec.path.split(".")[0] ?? "") as keyof typeof m.subjects] ?? "";
  return spec.label.startsWith(subject) ? spec.label : `${subject}: ${spec.label}`;
}
