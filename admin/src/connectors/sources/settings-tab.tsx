import { GatedButton } from "../../access/gated-button.tsx";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { row } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { ConnectionSettings } from "../connection-form.tsx";
import type { Source } from "./shapes.ts";
import { SourceFields } from "./source-fields.tsx";
import { useSourceActions } from "./use-source.ts";

const m = messages.connectors.sources;

/** Everything but the mapping. */
export function SettingsTab({ source }: { source: Source }) {
  const { save } = useSourceActions(source);
  return (
    <ConnectionSettings
      connection={source}
      save={save}
      fields={(props) => <SourceFields {...props} sourceKey={source.key} />}
    >
      {source.type === "sql" || source.type === "files" ? <Restart source={source} /> : null}
    </ConnectionSettings>
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
