import { ActionMenu, MenuItem, StatusLight } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { useGate } from "../../access/use-session.ts";
import { formatAgo } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useUrlState } from "../../shell/navigation.tsx";
import { Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { stackWide } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { RemoveConnection, toggle } from "../connection-actions.tsx";
import { isProvisional } from "../mapping/mapping-model.ts";
import { type PageTab, PageTabs } from "../page-tabs.tsx";
import { TestResult } from "../test-result.tsx";
import { scheduleText } from "./about-fields.tsx";
import { MappingTab } from "./mapping-tab.tsx";
import { RunsTab } from "./runs-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import type { Source } from "./shapes.ts";
import { useSource, useSourceActions } from "./use-source.ts";
import { WebhookSetup } from "./webhook-setup.tsx";

const m = messages.connectors.sources;
const common = messages.connectors.common;

export function SourcePage() {
  return (
    <NeedsScope scope="admin">
      <Found />
    </NeedsScope>
  );
}

function Found() {
  const { key = "" } = useParams({ strict: false }) as { key?: string };
  const query = useSource(key);
  return <Loaded query={query}>{(source) => <Shown source={source} />}</Loaded>;
}

function tabsOf(source: Source, isExpected: boolean): readonly PageTab[] {
  const { config } = source;
  const isMapped = config.type !== "webhook" || config.preset === "generic";
  return [
    { id: "runs", label: m.tabs.runs, content: <RunsTab source={source} isExpected={isExpected} /> },
    ...(config.type === "webhook"
      ? [{ id: "setup", label: m.tabs.setup, content: <WebhookSetup sourceKey={source.key} preset={config.preset} /> }]
      : []),
    ...(isMapped
      ? [
          {
            id: "mapping",
            label: m.tabs.mapping,
            content: (
              <div className={stackWide}>
                <MappingTab source={source} />
              </div>
            ),
          },
        ]
      : []),
    { id: "settings", label: m.tabs.settings, content: <SettingsTab source={source} /> },
  ];
}

function Shown({ source }: { source: Source }) {
  const [url, change] = useUrlState();
  const [isExpected, setExpected] = useState(false);
  const { test } = useSourceActions(source);
  const tabs = tabsOf(source, isExpected);
  return (
    <Page
      title={source.name}
      badge={<SourceStatus source={source} />}
      description={
        <>
          {describe(source)} <AppLink to={`/events?source=${encodeURIComponent(source.key)}`}>{m.watch}</AppLink>
        </>
      }
      parent={{ label: m.title, to: "/sources" }}
      actions={<Actions source={source} test={test} onRequested={() => setExpected(true)} />}
    >
      <TestResult test={test} />
      <PageTabs
        label={m.one}
        tabs={tabs}
        selected={tabs.find(({ id }) => id === url["tab"])?.id ?? "runs"}
        onChange={(id) => change({ tab: id === "runs" ? null : id })}
      />
    </Page>
  );
}

export function SourceStatus({ source }: { source: Pick<Source, "status"> }) {
  const isActive = source.status === "active";
  return (
    <StatusLight variant={isActive ? "positive" : "yellow"}>{isActive ? common.isActive : common.isPaused}</StatusLight>
  );
}

export function nextRunText({ type, status, nextRunAt, config }: Source): string {
  if (type === "webhook") return m.onArrival;
  if (status === "paused") return common.isPaused;
  if (nextRunAt === null) return m.byHand;
  return Date.parse(nextRunAt) <= Date.now() ? m.due : `${formatAgo(nextRunAt)} (${scheduleText(config.everySeconds)})`;
}

function describe(source: Source): string {
  const { config } = source;
  const system = m.systems[config.system];
  const trust = m.trusts[config.trust].label;
  return `${m.types[source.type]} · ${system} · ${trust} · ${source.type === "webhook" ? m.onArrival : `${m.nextRun}: ${nextRunText(source)}`} ·`;
}

type ActionsProps = { source: Source; test: ReturnType<typeof useSourceActions>["test"]; onRequested: () => void };

function Actions({ source, test, onRequested }: ActionsProps) {
  const [isAsked, setAsked] = useState(false);
  const { run, setStatus, remove } = useSourceActions(source);
  const gate = useGate("admin");
  const { config } = source;
  const isUnmapped = config.type !== "webhook" && isProvisional(config.mapping);
  const isActive = source.status === "active";
  return (
    <>
      {source.type === "webhook" ? null : (
        <>
          <GatedButton scope="admin" variant="secondary" isPending={test.isPending} onPress={() => test.mutate()}>
            {common.test}
          </GatedButton>
          <GatedButton
            scope="admin"
            variant="accent"
            isPending={run.isPending}
            isDisabled={!isActive || isUnmapped}
            onPress={() =>
              run.mutate(undefined, {
                onSuccess: () => {
                  onRequested();
                  showDone(m.requested);
                },
                onError: showError,
              })
            }
          >
            {m.run}
          </GatedButton>
        </>
      )}
      <ActionMenu
        aria-label={common.more}
        isDisabled={!gate.isAllowed}
        onAction={(key) => (key === "remove" ? setAsked(true) : toggle(source, setStatus))}
      >
        <MenuItem id="toggle">{isActive ? common.pause : common.resume}</MenuItem>
        <MenuItem id="remove">{common.remove}</MenuItem>
      </ActionMenu>
      <RemoveConnection
        connection={source}
        remove={remove}
        isAsked={isAsked}
        onDismiss={() => setAsked(false)}
        title={m.removeTitle(source.name)}
        text={m.removeText}
        back="/sources"
      />
    </>
  );
}
