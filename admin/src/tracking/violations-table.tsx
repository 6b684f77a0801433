import { style } from "@react-spectrum/s2/style" with { type: "macro" };
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
const breaking = style({ overflowWrap: "anywhere" });

const columns: readonly Column<PlanViolation>[] = [
  { key: "event", label: m.event, text: ({ type }) => type },
  { key: "fault", label: m.fault, text: describeFault },
  { key: "times", label: m.times, align: "end", text: ({ count }) => formatNumber(count) },
  { key: "source", label: m.source, text: ({ sourceId }) => sourceId },
  { key: "plan", label: m.plan, text: ({ planKey }) => planKey },
];

/** For a side panel: the fault stands below its event. */
const narrowColumns: readonly Column<PlanViolation>[] = [
  {
    key: "event",
    label: m.event,
    text: ({ type }) => type,
    render: (violation) => (
      <>
        <span className={breaking}>{violation.type}</span>
        <span className={muted}>{describeFault(violation)}</span>
      </>
    ),
  },
  { key: "times", label: m.times, align: "end", text: ({ count }) => formatNumber(count) },
];

function describeFault({ kind, path }: PlanViolation): string {
  const what = m.kinds[kind] ?? kind;
  // A path as schemas write it; people name the property.
  const property = path.replace(/^\//, "").replaceAll("/", ".");
  return property === "" ? what : m.faultOf(what, property);
}

/** What broke a plan in the last 7 days, most frequent first; of one source, or of all. */
export function ViolationsTable({ sourceId, isNarrow = false }: { sourceId?: string | undefined; isNarrow?: boolean }) {
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
            columns={isNarrow ? narrowColumns : sourceId ? columns.slice(0, 3) : columns}
            rows={items}
            rowKey={({ sourceId: source, type, kind, path, planKey }) => [source, type, kind, path, planKey].join("\n")}
          />
        )
      }
    </Loaded>
  );
}
