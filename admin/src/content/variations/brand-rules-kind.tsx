import { NumberField, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { type FormProps, invalidProps, type KindPage } from "../../definitions/kind-page.ts";
import { patched } from "../../merchandising/patched.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { rowStart } from "../../ui/styles.ts";
import type { BrandRules } from "./shapes.ts";

const m = messages.brandRules;
const wide = style({ width: "full" });

export const brandRulesKind: KindPage<BrandRules> = {
  kind: "brand-rules",
  path: "/brand-rules",
  texts: m.kind,
  columns: [],
  emptyBody: () => ({}),
  Form: BrandRulesForm,
  tabs: [],
};

function BrandRulesForm({ body, onChange, faults, isReadOnly }: FormProps<BrandRules>) {
  const set = (patch: { readonly [K in keyof BrandRules]?: BrandRules[K] | undefined }) =>
    onChange(patched(body, patch));
  const lists = [
    ["forbidden", m.forbidden, m.forbiddenText],
    ["required", m.required, m.requiredText],
  ] as const;
  return (
    <Panel title={m.panel}>
      <TextArea
        label={m.tone}
        description={m.toneText}
        styles={wide}
        value={body.tone ?? ""}
        isReadOnly={isReadOnly}
        onChange={(tone) => set({ tone: tone || undefined })}
        {...invalidProps(faults, "/tone")}
      />
      {lists.map(([name, label, description]) => (
        <PhrasesField
          key={name}
          label={label}
          description={description}
          values={body[name] ?? []}
          isReadOnly={isReadOnly}
          fault={invalidProps(faults, `/${name}`)}
          onChange={(phrases) => set({ [name]: phrases.length > 0 ? phrases : undefined })}
        />
      ))}
      <div className={rowStart}>
        <NumberField
          label={m.maxLength}
          description={m.maxLengthText}
          minValue={1}
          maxValue={20_000}
          value={body.maxLength ?? Number.NaN}
          isReadOnly={isReadOnly}
          onChange={(value) => set({ maxLength: Number.isNaN(value) ? undefined : Math.round(value) })}
          {...invalidProps(faults, "/maxLength")}
        />
        <TextField
          label={m.locale}
          description={m.localeText}
          value={body.locale ?? ""}
          isReadOnly={isReadOnly}
          onChange={(locale) => set({ locale: locale.trim() || undefined })}
          {...invalidProps(faults, "/locale")}
        />
      </div>
    </Panel>
  );
}

type PhrasesProps = {
  label: string;
  description: string;
  values: readonly string[];
  isReadOnly: boolean;
  fault: ReturnType<typeof invalidProps>;
  onChange: (phrases: readonly string[]) => void;
};

function PhrasesField({ label, description, values, isReadOnly, fault, onChange }: PhrasesProps) {
  const [typed, setTyped] = useState(() => values.join("\n"));
  // A line that has just been begun stays, although it is no phrase yet.
  const shown = split(typed).join("\n") === values.join("\n") ? typed : values.join("\n");
  return (
    <TextArea
      label={label}
      description={description}
      styles={wide}
      value={shown}
      isReadOnly={isReadOnly}
      onChange={(text) => {
        setTyped(text);
        onChange(split(text));
      }}
      {...fault}
    />
  );
}

function split(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== "");
}
