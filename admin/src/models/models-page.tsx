import { Served } from "../audiences/served.tsx";
import { formatAgo } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Page } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { gateText, ModelStatus, statusOf } from "./model-status.tsx";
import { NewLookalike } from "./new-lookalike.tsx";
import type { ModelSummary } from "./shapes.ts";
import { useModels } from "./use-models.ts";

const m = messages.models;

const columns: readonly Column<ModelSummary>[] = [
  {
    key: "model",
    label: m.one,
    text: ({ label }) => label,
    render: ({ key, label }) => <AppLink to={`/models/${encodeURIComponent(key)}`}>{label}</AppLink>,
  },
  { key: "kind", label: m.kind, text: ({ kind }) => m.kinds[kind as keyof typeof m.kinds] ?? kind },
  {
    key: "status",
    label: m.status,
    isOneLine: true,
    text: statusOf,
    render: (model) => <ModelStatus status={statusOf(model)} />,
  },
  {
    key: "version",
    label: m.version,
    align: "end",
    text: ({ liveVersion }) => (liveVersion === null ? messages.common.none : String(liveVersion)),
  },
  { key: "trained", label: m.trainedAt, text: ({ trainedAt }) => formatAgo(trainedAt) },
  { key: "gate", label: m.gate, text: ({ gate }) => gateText(gate) },
];

/** Every model with what it is up to. */
export function ModelsPage() {
  const query = useModels();
  return (
    <Page title={m.title} description={m.description} actions={<NewLookalike />}>
      <Served query={query}>
        {(models) =>
          models.length === 0 ? (
            <EmptyState title={m.emptyTitle} text={m.emptyText} />
          ) : (
            <DataTable label={m.title} columns={columns} rows={models} rowKey={({ key }) => key} />
          )
        }
      </Served>
    </Page>
  );
}
