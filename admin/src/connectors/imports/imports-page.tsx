import { GatedButton } from "../../access/gated-button.tsx";
import { formatAgo, formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useGo } from "../../shell/navigation.tsx";
import type { Column } from "../../ui/data-table.tsx";
import { ListPage } from "../../ui/list-page.tsx";
import { muted } from "../../ui/styles.ts";
import { ImportStatusLight } from "./import-status.tsx";
import type { Import } from "./shapes.ts";

const m = messages.connectors.imports;
const none = messages.common.none;

/** Every import, newest first. */
export function ImportsPage() {
  const go = useGo();
  const newButton = (
    <GatedButton scope="edit" variant="accent" onPress={() => go("/imports/new")}>
      {m.create}
    </GatedButton>
  );
  return (
    <ListPage<Import>
      id="imports"
      title={m.title}
      description={m.description}
      path="/v1/imports"
      columns={columns}
      rowKey={({ id }) => id}
      actions={newButton}
      empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example, action: newButton }}
    />
  );
}

const kindText = ({ kind }: Import) => messages.connectors.kinds[kind]?.many ?? kind;

const columns: readonly Column<Import>[] = [
  {
    key: "file",
    label: m.file,
    text: ({ fileName }) => fileName,
    render: ({ id, fileName, source }) => (
      <>
        <AppLink to={`/imports/${id}`}>{fileName}</AppLink>
        {source === m.sampleSource ? <span className={muted}>{m.isSample}</span> : null}
      </>
    ),
  },
  { key: "kind", label: m.kind, text: kindText },
  {
    key: "status",
    label: m.status,
    text: ({ status }) => m.statuses[status],
    render: ({ status }) => <ImportStatusLight status={status} />,
  },
  { key: "rows", label: m.rows, align: "end", text: ({ counts }) => formatNumber(counts.rows) },
  { key: "written", label: m.written, align: "end", text: ({ counts }) => formatNumber(counts.written) },
  { key: "rejected", label: m.rejectedRows, align: "end", text: ({ counts }) => formatNumber(counts.rejectedRows) },
  {
    key: "made",
    label: m.created,
    isOneLine: true,
    text: ({ createdAt }) => formatInstant(createdAt),
    render: ({ createdAt }) => <span title={formatInstant(createdAt)}>{formatAgo(createdAt)}</span>,
  },
  { key: "by", label: m.by, isHiddenAtFirst: true, text: ({ createdBy }) => createdBy },
  {
    key: "ended",
    label: m.finished,
    isHiddenAtFirst: true,
    text: ({ finishedAt }) => (finishedAt ? formatInstant(finishedAt) : none),
  },
];
