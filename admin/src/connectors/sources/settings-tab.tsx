import { TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { useGate } from "../../access/use-session.ts";
import { ApiError } from "../../api/client.ts";
import { invalidProps } from "../../definitions/kind-page.ts";
import { useLeaveGuard } from "../../definitions/use-leave-guard.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { muted, row, stackWide } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { Refusal } from "../refusal.tsx";
import type { Source } from "./shapes.ts";
import { typedSecrets } from "./source-config.ts";
import { SourceFields } from "./source-fields.tsx";
import { useSourceActions } from "./use-source.ts";

const m = messages.connectors.sources;
const common = messages.connectors.common;
const field = style({ width: 320 });

/** Everything but the mapping. A save gives a new etag: the form starts over from what the server holds. */
export function SettingsTab({ source }: { source: Source }) {
  return <Settings key={source.etag} source={source} />;
}

function Settings({ source }: { source: Source }) {
  const [name, setName] = useState(source.name);
  const [config, setConfig] = useState(source.config);
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const { save } = useSourceActions(source);
  const isReadOnly = !useGate("admin").isAllowed;
  const typed = typedSecrets(secrets);
  const isChanged =
    name !== source.name || JSON.stringify(config) !== JSON.stringify(source.config) || Object.keys(typed).length > 0;
  useLeaveGuard(isChanged && !save.isPending);
  const faults = save.error instanceof ApiError ? save.error.details : [];
  return (
    <form
      className={stackWide}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name, config, secrets: typed }, { onSuccess: () => showDone(common.saved(name)) });
      }}
    >
      <Refusal error={save.error} />
      <Panel title={common.name} aside={<span className={muted}>{`${common.key}: ${source.key}`}</span>}>
        <TextField
          aria-label={common.name}
          styles={field}
          isRequired
          isReadOnly={isReadOnly}
          value={name}
          onChange={setName}
          {...invalidProps(faults, "/name")}
        />
      </Panel>
      <SourceFields
        config={config}
        onChange={setConfig}
        faults={faults}
        isReadOnly={isReadOnly}
        sourceKey={source.key}
        knownSecrets={source.secrets}
        secrets={secrets}
        onSecrets={setSecrets}
      />
      {source.type === "sql" || source.type === "files" ? <Restart source={source} /> : null}
      <div className={row}>
        <GatedButton scope="admin" type="submit" variant="accent" isDisabled={!isChanged} isPending={save.isPending}>
          {common.save}
        </GatedButton>
        {isChanged ? <span className={muted}>{common.unsaved}</span> : null}
      </div>
    </form>
  );
}

function Restart({ source }: { source: Source }) {
  const { save } = useSourceActions(source);
  return (
    <Panel title={m.restart} description={m.restartText}>
      <div className={row}>
        <GatedButton
          scope="admin"
          variant="secondary"
          isPending={save.isPending}
          onPress={() => save.mutate({ restart: true }, { onSuccess: () => showDone(m.restarted), onError: showError })}
        >
          {m.restart}
        </GatedButton>
      </div>
    </Panel>
  );
}
