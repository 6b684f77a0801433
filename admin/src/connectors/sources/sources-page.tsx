import { useQuery } from "@tanstack/react-query";
import { GatedButton } from "../../access/gated-button.tsx";
import type { AccessKey } from "../../access/keys-page.tsx";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { get } from "../../api/client.ts";
import type { Page as ListOf } from "../../api/shapes.ts";
import { formatAgo, formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useGo } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { ListPage } from "../../ui/list-page.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, row, stackWide } from "../../ui/styles.ts";
import { RunState } from "./run-columns.tsx";
import type { Source } from "./shapes.ts";
import { nextRunText, SourceStatus } from "./source-page.tsx";
import { useLastRun } from "./use-source.ts";

const m = messages.connectors.sources;
const common = messages.connectors.common;

/** Systems that data is taken from, and below them the keys with which events come in. */
export function SourcesPage() {
  const go = useGo();
  const newButton = (
    <GatedButton scope="admin" variant="accent" onPress={() => go("/sources/new")}>
      {m.create}
    </GatedButton>
  );
  return (
    <div className={stackWide}>
      <ListPage<Source>
        id="sources"
        title={m.title}
        description={m.description}
        path="/v1/sources"
        columns={columns}
        rowKey={({ id }) => id}
        actions={newButton}
        empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example, action: newButton }}
      />
      <Panel title={m.eventSources} description={m.eventSourcesText} aside={<AppLink to="/keys">{m.toKeys}</AppLink>}>
        <NeedsScope scope="admin">
          <WriteKeys />
        </NeedsScope>
      </Panel>
    </div>
  );
}

function typeText({ config }: Source): string {
  switch (config.type) {
    case "webhook":
      return `${m.types.webhook}: ${m.choices[config.preset].label}`;
    case "files":
      return m.choices[config.location.kind].label;
    case "sql":
      return m.choices[config.engine].label;
  }
}

const columns: readonly Column<Source>[] = [
  {
    key: "name",
    label: common.name,
    text: ({ name }) => name,
    render: ({ key, name }) => <AppLink to={`/sources/${key}`}>{name}</AppLink>,
  },
  { key: "type", label: common.type, text: typeText },
  { key: "system", label: m.system, text: ({ config }) => m.systems[config.system] },
  { key: "trust", label: m.trust, isHiddenAtFirst: true, text: ({ config }) => m.trusts[config.trust].label },
  {
    key: "status",
    label: m.status,
    text: ({ status }) => (status === "active" ? common.isActive : common.isPaused),
    render: (source) => <SourceStatus source={source} />,
  },
  { key: "last", label: m.lastRun, text: () => "", render: (source) => <LastRun source={source} /> },
  { key: "next", label: m.nextRun, text: nextRunText },
  {
    key: "changed",
    label: m.updated,
    isHiddenAtFirst: true,
    text: ({ updatedAt, updatedBy }) => `${formatInstant(updatedAt)}, ${updatedBy}`,
  },
];

function LastRun({ source }: { source: Source }) {
  const { data: run } = useLastRun(source.key);
  if (run === undefined) return <span className={muted}>{messages.common.none}</span>;
  if (run === null) return <span className={muted}>{m.noRun}</span>;
  return (
    <>
      <span className={row}>
        <RunState run={run} isWebhook={source.type === "webhook"} />
        <span className={muted} title={formatInstant(run.started)}>
          {formatAgo(run.started)}
        </span>
      </span>
      <span className={muted}>
        {m.counts(formatNumber(run.read), formatNumber(run.written), formatNumber(run.rejected))}
      </span>
    </>
  );
}

const keyColumns: readonly Column<AccessKey>[] = [
  { key: "name", label: common.name, text: ({ name }) => name },
  {
    key: "source",
    label: m.sourceId,
    text: ({ sourceId = "" }) => sourceId,
    render: ({ sourceId = "" }) => (
      <AppLink to={`/events?source=${encodeURIComponent(sourceId)}`}>{m.watchOf(sourceId)}</AppLink>
    ),
  },
  {
    key: "type",
    label: messages.keys.sourceType,
    text: ({ sourceType }) => messages.keys.sourceTypes[sourceType].label,
  },
  {
    key: "used",
    label: m.lastUsed,
    text: ({ lastUsedAt }) => (lastUsedAt ? formatAgo(lastUsedAt) : common.never),
  },
];

function WriteKeys() {
  const query = useQuery({
    queryKey: ["write-keys"],
    queryFn: ({ signal }) => get<ListOf<AccessKey>>("/v1/keys", { limit: 200 }, { signal }),
  });
  return (
    <Loaded query={query}>
      {({ items }) => {
        const keys = items.filter(({ kind, revokedAt }) => kind === "write" && revokedAt === null);
        if (keys.length === 0) return <p className={muted}>{m.noKeys}</p>;
        return <DataTable label={m.eventSources} columns={keyColumns} rows={keys} rowKey={({ id }) => id} />;
      }}
    </Loaded>
  );
}
