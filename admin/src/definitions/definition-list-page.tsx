import { LinkButton } from "@react-spectrum/s2";
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import type { DefinitionSummary } from "../api/shapes.ts";
import { formatAgo, formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { useStoreView } from "../shell/use-store-views.ts";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { StatusBadge } from "../ui/status-badge.tsx";
import { mutedXs } from "../ui/styles.ts";
import type { KindPage } from "./kind-page.ts";

const m = messages.definitions;
const statuses = Object.entries(messages.status).map(([key, label]) => ({ key, label }));

/** The list of one kind of definition. */
export function DefinitionListPage<B>({ page }: { page: KindPage<B> }) {
  const storeView = useStoreView();
  const { texts } = page;
  return (
    <ListPage<DefinitionSummary>
      key={page.kind}
      id={page.kind}
      title={texts.many}
      description={texts.description}
      path={`/v1/definitions/${page.kind}`}
      params={{ storeView }}
      columns={[...columnsOf(page.path), ...page.columns, ...closingColumns]}
      rowKey={(definition) => definition.id}
      statuses={statuses}
      searchLabel={messages.list.search}
      actions={
        <>
          {page.ListActions ? <page.ListActions /> : null}
          <CreateButton path={page.path} label={texts.create} />
        </>
      }
      empty={{
        title: texts.emptyTitle,
        text: texts.emptyText,
        example: texts.example,
        action: <CreateButton path={page.path} label={texts.create} />,
      }}
    />
  );
}

function CreateButton({ path, label }: { path: string; label: string }) {
  const gate = useGate("edit");
  if (!gate.isAllowed) {
    return (
      <GatedButton scope="edit" variant="accent">
        {label}
      </GatedButton>
    );
  }
  return (
    <LinkButton href={`${path}/new`} variant="accent">
      {label}
    </LinkButton>
  );
}

function columnsOf(path: string): readonly Column<DefinitionSummary>[] {
  return [
    {
      key: "name",
      label: m.name,
      sort: "name",
      text: ({ name }) => name,
      render: ({ id, name, key }) => (
        <>
          <AppLink to={`${path}/${id}`}>{name}</AppLink>
          <div className={mutedXs}>{key}</div>
        </>
      ),
    },
    {
      key: "status",
      isOneLine: true,
      label: messages.list.status,
      sort: "status",
      text: ({ status }) => messages.status[status] ?? status,
      render: ({ status }) => <StatusBadge status={status} />,
    },
  ];
}

const closingColumns: readonly Column<DefinitionSummary>[] = [
  {
    key: "versions",
    label: m.version,
    text: ({ liveVersion, draftVersion }) =>
      [
        liveVersion === null ? "" : m.liveVersion(liveVersion),
        draftVersion === null || draftVersion === liveVersion ? "" : m.draftVersion(draftVersion),
      ]
        .filter(Boolean)
        .join(", ") || messages.common.none,
  },
  { key: "scope", label: messages.scope.label, text: ({ scope }) => describeScope(scope?.storeViews ?? null) },
  {
    key: "starts",
    label: m.starts,
    isHiddenAtFirst: true,
    text: ({ schedule }) => formatInstant(schedule?.from),
  },
  { key: "ends", label: m.ends, isHiddenAtFirst: true, text: ({ schedule }) => formatInstant(schedule?.to) },
  {
    key: "updated",
    label: m.updated,
    sort: "updatedAt",
    text: ({ updatedAt }) => formatInstant(updatedAt),
    render: ({ updatedAt, updatedBy }) => (
      <>
        <span title={formatInstant(updatedAt)}>{formatAgo(updatedAt)}</span>
        {updatedBy ? <div className={mutedXs}>{updatedBy}</div> : null}
      </>
    ),
  },
];

export function describeScope(storeViews: readonly string[] | null): string {
  return storeViews === null ? messages.scope.all : storeViews.join(", ");
}
