import { Button, StatusLight, TextField } from "@react-spectrum/s2";
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
import { CardChoice } from "../card-choice.tsx";
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
const field = style({ width: 280 });

/** Choose a system, fill in how it is reached; mapping follows on its own page. */
export function NewSourcePage() {
  const [url, change] = useUrlState();
  const [made, setMade] = useState<MadeSource | null>(null);
  const choice = sourceChoices.find((known) => known === url["from"]);
  return (
    <Page title={m.create} description={m.description} parent={{ label: m.title, to: "/sources" }}>
      <NeedsScope scope="admin">
        {made ? (
          <Made made={made} />
        ) : (
          <>
            <CardChoice
              title={m.choose}
              chosen={choice}
              cards={sourceChoices.map((key) => ({ key, ...m.choices[key] }))}
              onChange={(from) => change({ from })}
            />
            {choice ? <NewSource key={choice} choice={choice} onMade={setMade} /> : null}
          </>
        )}
      </NeedsScope>
    </Page>
  );
}

type MadeSource = { readonly source: Source; readonly secret: string | undefined };

function NewSource({ choice, onMade }: { choice: SourceChoice; onMade: (made: MadeSource) => void }) {
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
  const save = () => {
    // Cursor and key columns are columns of the query: the first of them stands in as the record's key.
    const ready =
      config.type === "sql"
        ? { ...config, mapping: provisionalMapping(config.mapping.kind, config.keyColumns[0] ?? "") }
        : config;
    create.mutate(
      { key: usedKey, name, config: ready, secrets: typedSecrets(secrets) },
      {
        onSuccess: (source) => {
          if (source.type === "webhook") onMade({ source, secret: secrets["signingSecret"] });
          else go(`/sources/${source.key}?tab=mapping`, { replace: true });
        },
      },
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
function Made({ made: { source, secret } }: { made: MadeSource }) {
  const go = useGo();
  if (source.config.type !== "webhook") return null;
  return (
    <>
      <StatusLight variant="positive" role="status">
        {m.made(source.name)}
      </StatusLight>
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
