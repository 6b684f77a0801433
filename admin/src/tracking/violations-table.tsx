import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted } from "../ui/styles.ts";
import type { PlanViolation } from "./shapes.ts";

const m = messages.tracking.quality;

const columns: readonly Column<PlanViolation>[] = [
  { key: "event", label: m.event, text: ({ type }) => type },
  { key: "fault", label: m.fault, text: ({ kind, path }) => `${m.kinds[kind] ?? kind} ${path}` },
  { key: "times", label: m.times, align: "end", text: ({ count }) => formatNumber(count) },
  { key: "source", label: m.source, text: ({ sourceId }) => sourceId },
  { key: "plan", label: m.plan, text: ({ planKey }) => planKey },
];

/** What broke a plan in the last 7 days, most frequent first; of one source, or of all. */
export function ViolationsTable({ sourceId }: { sourceId?: string | undefined }) {
  const query = useQuery({
    queryKey: ["tracking", "violations", sourceId ?? ""],
    queryFn: ({ signal }) => get<Page<PlanViolation>>("/v1/tracking/violations", { sourceId, limit: 20 }, { signal }),
  });
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={muted}>{m.nothingBroken}</p>
        ) : (
          <DataTable
            label={m.broken}
            columns={sourceId ? columns.slice(0, 3) : columns}
            rows={items}
            rowKey={({ sourceId: source, type, kind, path, planKey }) => [source, type, kind, path, planKey].join("\n")}
          />
        )
      }
    </Loaded>
  );
}
