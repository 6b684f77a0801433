import { ActionMenu, MenuItem } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { useGate } from "../../access/use-session.ts";
import { messages } from "../../messages.data.ts";
import { useUrlState } from "../../shell/navigation.tsx";
import { Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { showDone, showError } from "../../ui/toasts.ts";
import { RemoveConnection, toggle } from "../connection-actions.tsx";
import { PageTabs } from "../page-tabs.tsx";
import { DeliveryTab } from "./delivery-tab.tsx";
import { DestinationSettings } from "./destination-form.tsx";
import { DestinationHealth } from "./destination-health.tsx";
import type { Destination } from "./shapes.ts";
import { useDestination, useDestinationActions } from "./use-destination.ts";

const m = messages.connectors.destinations;
const common = messages.connectors.common;

export function DestinationPage() {
  return (
    <NeedsScope scope="admin">
      <Found />
    </NeedsScope>
  );
}

function Found() {
  const { key = "" } = useParams({ strict: false }) as { key?: string };
  const query = useDestination(key);
  return <Loaded query={query}>{(destination) => <Shown destination={destination} />}</Loaded>;
}

function Shown({ destination }: { destination: Destination }) {
  const [url, change] = useUrlState();
  const { type, config } = destination;
  return (
    <Page
      title={destination.name}
      badge={<DestinationHealth destination={destination} />}
      description={`${m.types[type].label} · ${m.formats[type]} · ${config.type === "webhook" ? config.url : config.endpoint}`}
      parent={{ label: m.title, to: "/destinations" }}
      actions={<Actions destination={destination} />}
    >
      <PageTabs
        label={m.one}
        tabs={[
          { id: "delivery", label: m.tabs.delivery, content: <DeliveryTab destination={destination} /> },
          { id: "settings", label: m.tabs.settings, content: <DestinationSettings destination={destination} /> },
        ]}
        selected={url["tab"] === "settings" ? "settings" : "delivery"}
        onChange={(id) => change({ tab: id === "delivery" ? null : id })}
      />
    </Page>
  );
}

function Actions({ destination }: { destination: Destination }) {
  const [isAsked, setAsked] = useState(false);
  const { test, setStatus, remove } = useDestinationActions(destination);
  const gate = useGate("admin");
  const isActive = destination.status === "active";
  return (
    <>
      <GatedButton
        scope="admin"
        variant="secondary"
        isPending={test.isPending}
        onPress={() =>
          test.mutate(undefined, {
            onSuccess: ({ ok, message = "" }) => (ok ? showDone(m.testPassed) : showError(m.testFailed(message))),
            onError: showError,
          })
        }
      >
        {m.test}
      </GatedButton>
      <GatedButton
        scope="admin"
        variant="secondary"
        isPending={setStatus.isPending}
        onPress={() => toggle(destination, setStatus)}
      >
        {isActive ? common.pause : common.resume}
      </GatedButton>
      <ActionMenu aria-label={common.more} isDisabled={!gate.isAllowed} onAction={() => setAsked(true)}>
        <MenuItem id="remove">{common.remove}</MenuItem>
      </ActionMenu>
      <RemoveConnection
        connection={destination}
        remove={remove}
        isAsked={isAsked}
        onDismiss={() => setAsked(false)}
        title={m.removeTitle(destination.name)}
        text={m.removeText}
        back="/destinations"
      />
    </>
  );
}
