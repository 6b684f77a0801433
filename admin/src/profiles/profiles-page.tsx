import { formatAgo, formatInstant, formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { mutedXs } from "../ui/styles.ts";
import type { ProfileSummary } from "./shapes.ts";

const m = messages.profiles;

const columns: readonly Column<ProfileSummary>[] = [
  {
    key: "label",
    label: m.one,
    text: ({ label, profileId }) => label || profileId,
    render: ({ label, profileId, identifiers }) => (
      <>
        <AppLink to={`/profiles/${profileId}`}>{label || profileId}</AppLink>
        <div className={mutedXs}>{[...new Set(identifiers.map(({ namespace }) => namespace))].join(", ")}</div>
      </>
    ),
  },
  {
    key: "seen",
    isOneLine: true,
    label: m.lastSeen,
    text: ({ lastSeenAt }) => formatInstant(lastSeenAt),
    render: ({ lastSeenAt }) => <span title={formatInstant(lastSeenAt)}>{formatAgo(lastSeenAt)}</span>,
  },
  { key: "orders", label: m.orders, align: "end", text: ({ ordersCount }) => formatNumber(ordersCount) },
  { key: "revenue", label: m.revenue, align: "end", text: ({ revenue }) => formatMoney(revenue) },
  { key: "audiences", label: m.audiences, align: "end", text: ({ audiences }) => formatNumber(audiences) },
  { key: "id", label: m.id, isHiddenAtFirst: true, text: ({ profileId }) => profileId },
];

export function ProfilesPage() {
  return (
    <ListPage<ProfileSummary>
      id="profiles"
      title={m.many}
      description={m.description}
      path="/v1/profiles"
      columns={columns}
      rowKey={({ profileId }) => profileId}
      searchLabel={m.search}
      empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example }}
    />
  );
}
