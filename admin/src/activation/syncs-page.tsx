import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink, useGo } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import type { Sync } from "./shapes.ts";
import { healthText, SyncHealth } from "./sync-health.tsx";
import { syncsPath } from "./use-sync.ts";

const m = messages.activation;
const common = messages.connectors.common;

const audienceText = ({ audience }: Sync): string => audience.name ?? m.gone;

const columns: readonly Column<Sync>[] = [
  {
    key: "name",
    label: common.name,
    text: ({ name }) => name,
    render: ({ key, name }) => <AppLink to={`/audience-syncs/${key}`}>{name}</AppLink>,
  },
  {
    key: "audience",
    label: m.audience,
    text: audienceText,
    render: (sync) =>
      sync.audience.name === null ? (
        m.gone
      ) : (
        <AppLink to={`/audiences/${sync.audience.id}`}>{audienceText(sync)}</AppLink>
      ),
  },
  { key: "type", label: m.target, text: ({ type }) => m.types[type].label },
  {
    key: "status",
    label: messages.list.status,
    isOneLine: true,
    text: healthText,
    render: (sync) => <SyncHealth sync={sync} />,
  },
  { key: "entered", label: m.entered, align: "end", text: ({ state }) => formatNumber(state.entered) },
  { key: "exited", label: m.exited, align: "end", text: ({ state }) => formatNumber(state.exited) },
  { key: "failed", label: m.failed, align: "end", text: ({ state }) => formatNumber(state.failed) },
  {
    key: "last",
    label: m.lastDelivered,
    isOneLine: true,
    text: ({ state }) => formatInstant(state.lastDeliveredAt),
    render: ({ state: { lastDeliveredAt } }) => (
      <span title={formatInstant(lastDeliveredAt)}>{lastDeliveredAt ? formatAgo(lastDeliveredAt) : common.never}</span>
    ),
  },
];

/** Copies of audiences in other systems. */
export function SyncsPage() {
  const go = useGo();
  const newButton = (
    <GatedButton scope="admin" variant="accent" onPress={() => go("/audience-syncs/new")}>
      {m.create}
    </GatedButton>
  );
  return (
    <ListPage<Sync>
      id="audience-syncs"
      title={m.title}
      description={m.description}
      path={syncsPath}
      columns={columns}
      rowKey={({ id }) => id}
      actions={newButton}
      empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example, action: newButton }}
    />
  );
}
