import { ActionMenu, DialogContainer, MenuItem } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { NeedsScope } from "../access/needs-scope.tsx";
import { useGate } from "../access/use-session.ts";
import { RemoveConnection, toggle } from "../connectors/connection-actions.tsx";
import { ConnectionSettings } from "../connectors/connection-form.tsx";
import { PageTabs } from "../connectors/page-tabs.tsx";
import { messages } from "../messages.data.ts";
import { AppLink, useUrlState } from "../shell/navigation.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Page } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { showDone, showError } from "../ui/toasts.ts";
import { ProgressTab } from "./progress-tab.tsx";
import type { Sync } from "./shapes.ts";
import { placeText } from "./sync-config.ts";
import { SyncFields } from "./sync-fields.tsx";
import { SyncHealth } from "./sync-health.tsx";
import { useSync, useSyncActions } from "./use-sync.ts";

const m = messages.activation;
const common = messages.connectors.common;

export function SyncPage() {
  return (
    <NeedsScope scope="admin">
      <Found />
    </NeedsScope>
  );
}

function Found() {
  const { key = "" } = useParams({ strict: false }) as { key?: string };
  const query = useSync(key);
  return <Loaded query={query}>{(sync) => <Shown sync={sync} />}</Loaded>;
}

function Shown({ sync }: { sync: Sync }) {
  const [url, change] = useUrlState();
  return (
    <Page
      title={sync.name}
      badge={<SyncHealth sync={sync} />}
      description={
        <>
          <AppLink to={`/audiences/${sync.audience.id}`}>{sync.audience.name ?? m.gone}</AppLink>
          {` → ${m.types[sync.type].label} · ${placeText(sync.config)}`}
        </>
      }
      parent={{ label: m.title, to: "/audience-syncs" }}
      actions={<Actions sync={sync} />}
    >
      <PageTabs
        label={m.one}
        tabs={[
          { id: "progress", label: m.tabs.progress, content: <ProgressTab sync={sync} /> },
          { id: "settings", label: m.tabs.settings, content: <Settings sync={sync} /> },
        ]}
        selected={url["tab"] === "settings" ? "settings" : "progress"}
        onChange={(id) => change({ tab: id === "progress" ? null : id })}
      />
    </Page>
  );
}

function Settings({ sync }: { sync: Sync }) {
  const { save } = useSyncActions(sync);
  return (
    <ConnectionSettings connection={sync} save={save} fields={(props) => <SyncFields {...props} isAudienceFixed />} />
  );
}

function Actions({ sync }: { sync: Sync }) {
  const [asked, setAsked] = useState<"resync" | "remove" | null>(null);
  const { setStatus, resync, remove } = useSyncActions(sync);
  const gate = useGate("admin");
  const isActive = sync.status === "active";
  return (
    <>
      <GatedButton
        scope="admin"
        variant="secondary"
        isDisabled={!isActive || sync.state.sweep?.kind === "resync"}
        isPending={resync.isPending}
        onPress={() => setAsked("resync")}
      >
        {m.resync}
      </GatedButton>
      <GatedButton
        scope="admin"
        variant="secondary"
        isPending={setStatus.isPending}
        onPress={() => toggle(sync, setStatus)}
      >
        {isActive ? common.pause : common.resume}
      </GatedButton>
      <ActionMenu aria-label={common.more} isDisabled={!gate.isAllowed} onAction={() => setAsked("remove")}>
        <MenuItem id="remove">{common.remove}</MenuItem>
      </ActionMenu>
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked === "resync" ? (
          <ConfirmDialog
            title={m.resyncTitle(sync.name)}
            text={m.resyncText}
            label={m.resync}
            isHarmless
            onConfirm={() => resync.mutate(undefined, { onSuccess: () => showDone(m.resyncing), onError: showError })}
          />
        ) : null}
      </DialogContainer>
      <RemoveConnection
        connection={sync}
        remove={remove}
        isAsked={asked === "remove"}
        onDismiss={() => setAsked(null)}
        title={m.removeTitle(sync.name)}
        text={m.removeText}
        back="/audience-syncs"
      />
    </>
  );
}
