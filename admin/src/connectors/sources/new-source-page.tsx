import { Button, SelectBox, SelectBoxGroup, Text, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { ApiError } from "../../api/client.ts";
import { suggestKey } from "../../definitions/definition-form.tsx";
import { invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { useGo, useUrlState } from "../../shell/navigation.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { row, rowStart, stackWide } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import { ChoiceField } from "../choice-field.tsx";
import { provisionalMapping } from "../mapping/mapping-model.ts";
import { recordKinds } from "../mapping/shapes.ts";
import { Refusal } from "../refusal.tsx";
import type { Source } from "./shapes.ts";
import { newSecret, type SourceChoice, sourceChoices, startConfig, typedSecrets } from "./source-config.ts";
import { SourceFields } from "./source-fields.tsx";
import { useCreateSource } from "./use-source.ts";
import { WebhookSetup } from "./webhook-setup.tsx";

const m = messages.connectors.sources;
const common = messages.connectors.common;
const wide = style({ width: "full" });
const field = style({ width: 280 });

/** Choose a system, fill in how it is reached; mapping follows on its own page. */
export function NewSourcePage() {
  const [url, change] = useUrlState();
  const choice = sourceChoices.find((known) => known === url["from"]);
  return (
    <Page title={m.create} description={m.description} parent={{ label: m.title, to: "/sources" }}>
      <NeedsScope scope="admin">
        <Panel title={m.choose}>
          <SelectBoxGroup
            aria-label={m.choose}
            orientation="horizontal"
            styles={wide}
            selectedKeys={choice ? [choice] : []}
            onSelectionChange={(keys) => {
              const [chosen] = keys === "all" ? [] : [...keys];
              if (chosen !== undefined) change({ from: String(chosen) });
            }}
          >
            {sourceChoices.map((key) => (
              <SelectBox key={key} id={key} textValue={m.choices[key].label}>
                <Text slot="label">{m.choices[key].label}</Text>
                <Text slot="description">{m.choices[key].text}</Text>
              </SelectBox>
            ))}
          </SelectBoxGroup>
        </Panel>
        {choice ? <NewSource key={choice} choice={choice} /> : null}
      </NeedsScope>
    </Page>
  );
}

function NewSource({ choice }: { choice: SourceChoice }) {
  const [name, setName] = useState(m.nameHints[choice] ?? "");
  const [key, setKey] = useState("");
  const [config, setConfig] = useState(() => startConfig(choice, "order"));
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>(() =>
    choice === "woocommerce" || choice === "generic" ? { signingSecret: newSecret() } : {},
  );
  const create = useCreateSource();
  const go = useGo();
  const faults = create.error instanceof ApiError ? create.error.details : [];
  const usedKey = key || suggestKey(name);
  if (create.data && config.type === "webhook") return <Made source={create.data} secret={secrets["signingSecret"]} />;
  const save = () => {
    // Cursor and key columns are columns of the query: the first of them stands in as the record's key.
    const ready =
      config.type === "sql"
        ? { ...config, mapping: provisionalMapping(config.mapping.kind, config.keyColumns[0] ?? "") }
        : config;
    create.mutate(
      { key: usedKey, name, config: ready, secrets: typedSecrets(secrets) },
      { onSuccess: (made) => made.type !== "webhook" && go(`/sources/${made.key}?tab=mapping`, { replace: true }) },
    );
  };
  return (
    <form
      className={stackWide}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Refusal error={create.error} />
      <Panel title={m.choices[choice].label}>
        <div className={rowStart}>
          <TextField
            label={common.name}
            styles={field}
            isRequired
            value={name}
            onChange={setName}
            {...invalidProps(faults, "/name")}
          />
          <TextField
            label={common.key}
            description={common.keyText}
            styles={field}
            placeholder={suggestKey(name)}
            value={key}
            onChange={setKey}
            {...invalidProps(faults, "/key")}
          />
          {config.type === "webhook" ? null : (
            <ChoiceField
              label={m.records}
              styles={field}
              choices={recordKinds.map((kind) => ({ key: kind, label: messages.connectors.kinds[kind].many }))}
              value={config.mapping.kind}
              onChange={(kind) =>
                setConfig({
                  ...config,
                  mapping: provisionalMapping(recordKinds.find((known) => known === kind) ?? "order", "id"),
                })
              }
            />
          )}
        </div>
      </Panel>
      <SourceFields
        config={config}
        onChange={setConfig}
        faults={faults}
        isReadOnly={false}
        sourceKey={usedKey}
        knownSecrets={{}}
        secrets={secrets}
        onSecrets={setSecrets}
      />
      <div className={row}>
        <GatedButton scope="admin" type="submit" variant="accent" isPending={create.isPending} isDisabled={name === ""}>
          {m.make}
        </GatedButton>
        <Button variant="secondary" onPress={() => go("/sources")}>
          {messages.common.cancel}
        </Button>
      </div>
    </form>
  );
}

/** The other half of the work is in the other system; the secret is shown here and nowhere else. */
function Made({ source, secret }: { source: Source; secret: string | undefined }) {
  const go = useGo();
  if (source.config.type !== "webhook") return null;
  return (
    <>
      <p role="status">{m.made(source.name)}</p>
      <WebhookSetup sourceKey={source.key} preset={source.config.preset} secret={secret} />
      <div className={row}>
        <Button
          variant="accent"
          onPress={() => {
            showDone(common.saved(source.name));
            go(`/sources/${source.key}`, { replace: true });
          }}
        >
          {m.setup.done}
        </Button>
      </div>
    </>
  );
}
