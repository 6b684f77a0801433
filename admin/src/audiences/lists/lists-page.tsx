import { formatInstant, formatNumber } from "../../format.ts";
import { namespaceName } from "../../identity/words.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { Served } from "../served.tsx";
import { NewList } from "./new-list.tsx";
import type { UploadedList } from "./shapes.ts";
import { useUploadedLists } from "./use-uploaded-lists.ts";

const m = messages.lists;

const columns: readonly Column<UploadedList>[] = [
  {
    key: "name",
    label: m.one,
    text: ({ name }) => name,
    render: ({ key, name }) => <AppLink to={`/lists/${key}`}>{name}</AppLink>,
  },
  { key: "namespace", label: m.namespace, text: ({ namespace }) => namespaceName(namespace) },
  { key: "size", label: m.size, align: "end", text: ({ size }) => formatNumber(size) },
  { key: "used", label: m.usedBy, align: "end", text: ({ usedBy }) => formatNumber(usedBy.length) },
  { key: "updated", label: m.updatedAt, isOneLine: true, text: ({ updatedAt }) => formatInstant(updatedAt) },
];

/** Lists of identifiers that were uploaded, for rules. */
export function ListsPage() {
  const query = useUploadedLists();
  return (
    <Page title={m.title} description={m.description} actions={<NewList />}>
      <Served query={query}>
        {(lists) =>
          lists.length === 0 ? (
            <EmptyState title={m.emptyTitle} text={m.emptyText} example={m.example} action={<NewList />} />
          ) : (
            <DataTable label={m.title} columns={columns} rows={lists} rowKey={({ id }) => id} />
          )
        }
      </Served>
    </Page>
  );
}
