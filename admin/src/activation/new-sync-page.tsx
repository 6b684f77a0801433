import { NeedsScope } from "../access/needs-scope.tsx";
import { CardChoice } from "../connectors/card-choice.tsx";
import { NewConnection } from "../connectors/connection-form.tsx";
import { messages } from "../messages.data.ts";
import { useGo, useUrlState } from "../shell/navigation.tsx";
import { Page } from "../ui/page.tsx";
import { showDone } from "../ui/toasts.ts";
import { type SyncType, syncTypes } from "./shapes.ts";
import { startSync } from "./sync-config.ts";
import { SyncFields } from "./sync-fields.tsx";
import { useCreateSync } from "./use-sync.ts";

const m = messages.activation;

/** Choose a target, then fill in where to and what. The audience may come with the address. */
export function NewSyncPage() {
  const [url, change] = useUrlState();
  const type = syncTypes.find((known) => known === url["type"]);
  return (
    <Page title={m.create} description={m.description} parent={{ label: m.title, to: "/audience-syncs" }}>
      <NeedsScope scope="admin">
        <CardChoice
          title={m.choose}
          chosen={type}
          cards={syncTypes.map((key) => ({ key, ...m.types[key] }))}
          onChange={(key) => change({ type: key })}
        />
        {type ? <NewSync key={type} type={type} audience={url["audience"] ?? ""} /> : null}
      </NeedsScope>
    </Page>
  );
}

function NewSync({ type, audience }: { type: SyncType; audience: string }) {
  const create = useCreateSync();
  const go = useGo();
  return (
    <NewConnection
      title={m.types[type].label}
      start={() => ({ name: "", config: startSync(type, audience), secrets: {} })}
      create={create}
      onMade={(made) => {
        showDone(m.made(made.name));
        go(`/audience-syncs/${made.key}`, { replace: true });
      }}
      fields={({ usedKey: _key, ...props }) => <SyncFields {...props} />}
      submitLabel={m.make}
      back="/audience-syncs"
    />
  );
}
