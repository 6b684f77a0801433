import { Button, Radio, RadioGroup, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { post } from "../../api/client.ts";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { row, rowStart } from "../../ui/styles.ts";
import { CardChoice } from "../card-choice.tsx";
import { type RecordKind, recordKinds } from "../mapping/shapes.ts";
import { FileDrop } from "./file-drop.tsx";
import { ImportSteps } from "./import-steps.tsx";
import type { Import } from "./shapes.ts";
import { UploadProgress } from "./upload-progress.tsx";

const m = messages.connectors.imports;
const kinds = messages.connectors.kinds;
const field = style({ width: 280 });

type Form = { kind: RecordKind; source: string; namespace: string; file: File | null };

/** Step one: what it is, and the file. */
export function NewImportPage() {
  return (
    <Page title={m.create} description={m.description} parent={{ label: m.title, to: "/imports" }}>
      <ImportSteps current="file" />
      <NeedsScope scope="edit">
        <Wizard />
      </NeedsScope>
    </Page>
  );
}

function Wizard() {
  const [form, setForm] = useState<Form>({ kind: "order", source: "history", namespace: "user_id", file: null });
  const go = useGo();
  const make = useMutation({
    mutationFn: () =>
      post<Import>("/v1/imports", {
        kind: form.kind,
        fileName: form.file?.name ?? "upload",
        source: form.source,
        customerNamespace: form.namespace,
      }),
  });
  const set = (patch: Partial<Form>) => setForm({ ...form, ...patch });
  const made = make.data;
  if (made && form.file) {
    return (
      <Panel title={form.file.name}>
        <UploadProgress
          id={made.id}
          file={form.file}
          from={0}
          onDone={() => go(`/imports/${made.id}`, { replace: true })}
        />
      </Panel>
    );
  }
  return (
    <>
      {make.error ? <ErrorState error={make.error} /> : null}
      <KindChoice kind={form.kind} onChange={(kind) => set({ kind })} />
      <Panel title={m.chooseFile}>
        <FileDrop file={form.file} onChange={(file) => set({ file })} />
      </Panel>
      <Belonging form={form} onChange={set} />
      <div className={row}>
        <GatedButton
          scope="edit"
          variant="accent"
          isDisabled={form.file === null || form.source === ""}
          isPending={make.isPending}
          onPress={() => make.mutate()}
        >
          {m.upload}
        </GatedButton>
        <Button variant="secondary" onPress={() => go("/imports")}>
          {messages.common.cancel}
        </Button>
      </div>
    </>
  );
}

function KindChoice({ kind, onChange }: { kind: RecordKind; onChange: (kind: RecordKind) => void }) {
  return (
    <CardChoice
      title={m.choose}
      chosen={kind}
      cards={recordKinds.map((key) => ({ key, label: kinds[key].many, text: kinds[key].text }))}
      onChange={(key) => onChange(recordKinds.find((known) => known === key) ?? kind)}
    />
  );
}

function Belonging({ form, onChange }: { form: Form; onChange: (patch: Partial<Form>) => void }) {
  const isShop = form.namespace === "user_id";
  return (
    <Panel title={m.source}>
      <div className={rowStart}>
        <TextField
          label={messages.connectors.sources.one}
          description={m.sourceText}
          isRequired
          styles={field}
          value={form.source}
          onChange={(source) => onChange({ source })}
        />
        <RadioGroup
          label={m.numbers}
          value={isShop ? "shop" : "other"}
          onChange={(value) => onChange({ namespace: value === "shop" ? "user_id" : `customer_id:${form.source}` })}
        >
          <Radio value="shop">{messages.connectors.sources.shopNumbers}</Radio>
          <Radio value="other">{m.numbersOther}</Radio>
        </RadioGroup>
        {isShop ? null : (
          <TextField
            label={m.namespace}
            styles={field}
            value={form.namespace}
            onChange={(namespace) => onChange({ namespace })}
          />
        )}
      </div>
    </Panel>
  );
}
