import { GatedButton } from "../../access/gated-button.tsx";
import { formatAgo, formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useGo } from "../../shell/navigation.tsx";
import type { Column } from "../../ui/data-table.tsx";
import { ListPage } from "../../ui/list-page.tsx";
import { DestinationHealth, healthText, Waiting } from "./destination-health.tsx";
import type { Destination } from "./shapes.ts";

const m = messages.connectors.destinations;
const common = messages.connectors.common;

export function DestinationsPage() {
  const go = useGo();
  const newButton = (
    <GatedButton scope="admin" variant="accent" onPress={() => go("/destinations/new")}>
      {m.create}
    </GatedButton>
  );
  return (
    <ListPage<Destination>
      id="destinations"
      title={m.title}
      description={m.description}
      path="/v1/destinations"
      columns={columns}
      rowKey={({ id }) => id}
      actions={newButton}
      empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example, action: newButton }}
    />
  );
}

const columns: readonly Column<Destination>[] = [
  {
    key: "name",
    label: common.name,
    text: ({ name }) => name,
    render: ({ key, name }) => <AppLink to={`/destinations/${key}`}>{name}</AppLink>,
  },
  { key: "type", label: common.type, text: ({ type }) => m.types[type].label },
  {
    key: "status",
    label: messages.list.status,
    text: healthText,
    render: (destination) => <DestinationHealth destination={destination} />,
  },
  {
    key: "waiting",
    label: m.waiting,
    align: "end",
    text: () => "",
    render: ({ key }) => <Waiting destinationKey={key} />,
  },
  { key: "delivered", label: m.delivered, align: "end", text: ({ delivery }) => formatNumber(delivery.delivered) },
  {
    key: "filtered",
    label: m.filtered,
    align: "end",
    isHiddenAtFirst: true,
    text: ({ delivery }) => formatNumber(delivery.filtered),
  },
  { key: "dead", label: m.dead, align: "end", text: ({ delivery }) => formatNumber(delivery.dead) },
  {
    key: "last",
    label: m.lastDelivered,
    isOneLine: true,
    text: ({ delivery }) => formatInstant(delivery.lastDeliveredAt),
    render: ({ delivery: { lastDeliveredAt } }) => (
      <span title={formatInstant(lastDeliveredAt)}>{lastDeliveredAt ? formatAgo(lastDeliveredAt) : common.never}</span>
    ),
  },
];
