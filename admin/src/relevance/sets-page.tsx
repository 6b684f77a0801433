import { Served } from "../audiences/served.tsx";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Page } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { NewSet } from "./new-set.tsx";
import type { QuerySet } from "./shapes.ts";
import { useQuerySets } from "./use-relevance.ts";

const m = messages.relevance;

const columns: readonly Column<QuerySet>[] = [
  {
    key: "name",
    label: m.one,
    text: ({ name }) => name,
    render: ({ key, name }) => <AppLink to={`/relevance/${key}`}>{name}</AppLink>,
  },
  { key: "about", label: m.about, text: ({ description }) => description || messages.common.none },
  { key: "queries", label: m.queries, align: "end", text: ({ queries }) => formatNumber(queries) },
  { key: "judgements", label: m.judgements, align: "end", text: ({ judgements }) => formatNumber(judgements) },
  { key: "changed", label: m.changed, isOneLine: true, text: ({ updatedAt }) => formatInstant(updatedAt) },
];

/** Query sets with judged answers. */
export function QuerySetsPage() {
  const query = useQuerySets();
  return (
    <Page title={m.title} description={m.description} actions={<NewSet />}>
      <Served query={query}>
        {(sets) =>
          sets.length === 0 ? (
            <EmptyState title={m.emptyTitle} text={m.emptyText} example={m.example} action={<NewSet />} />
          ) : (
            <DataTable label={m.title} columns={columns} rows={sets} rowKey={({ key }) => key} />
          )
        }
      </Served>
    </Page>
  );
}
