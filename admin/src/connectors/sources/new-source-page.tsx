import { Button, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { messages } from "../../messages.data.ts";
import { useGo, useUrlState } from "../../shell/navigation.tsx";
import { Page } from "../../ui/page.tsx";
import { row } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import { CardChoice } from "../card-choice.tsx";
import { ChoiceField } from "../choice-field.tsx";
import { NewConnection } from "../connection-form.tsx";
import { provisionalMapping } from "../mapping/mapping-model.ts";
import { recordKinds } from "../mapping/shapes.ts";
import type { Source, SourceConfig } from "./shapes.ts";
import { newSecret, type SourceChoice, sourceChoices, startConfig } from "./source-config.ts";
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

/** Cursor and key columns are columns of the query: the first of them stands in as the record's key. */
function withKey(config: SourceConfig): SourceConfig {
  if (config.type !== "sql") return config;
  return { ...config, mapping: provisionalMapping(config.mapping.kind, config.keyColumns[0] ?? "") };
}

function NewSource({ choice, onMade }: { choice: SourceChoice; onMade: (made: MadeSource) => void }) {
  const create = useCreateSource();
  const go = useGo();
  const makesSecret = choice === "woocommerce" || choice === "generic";
  return (
    <NewConnection<SourceConfig, Source>
      title={m.choices[choice].label}
      start={() => ({
        name: m.nameHints[choice] ?? "",
        config: startConfig(choice, "order"),
        secrets: makesSecret ? { signingSecret: newSecret() } : {},
      })}
      create={create}
      prepare={withKey}
      onMade={(source, secrets) => {
        if (source.type === "webhook") onMade({ source, secret: secrets["signingSecret"] });
        else go(`/sources/${source.key}?tab=mapping`, { replace: true });
      }}
      aside={(config, onChange) =>
        config.type === "webhook" ? null : (
          <ChoiceField
            label={m.records}
            styles={field}
            choices={recordKinds.map((kind) => ({ key: kind, label: messages.connectors.kinds[kind].many }))}
            value={config.mapping.kind}
            onChange={(kind) =>
              onChange({
                ...config,
                mapping: provisionalMapping(recordKinds.find((known) => known === kind) ?? "order", "id"),
              })
            }
          />
        )
      }
      fields={({ usedKey, ...props }) => <SourceFields {...props} sourceKey={usedKey} />}
      submitLabel={m.make}
      back="/sources"
    />
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
