import { type AuditEntry, auditColumns } from "../access/audit-columns.tsx";
import { messages } from "../messages.data.ts";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { useDefinitionPart } from "./use-definition.ts";

/** Who did what to this definition, newest first. */
export function ActivityTab({ kind, id }: { kind: string; id: string }) {
  const query = useDefinitionPart<AuditEntry>(kind, id, "activity");
  return (
    <Loaded query={query}>
      {(data) =>
        data.items.length === 0 ? (
          <EmptyState title={messages.audit.none} text={messages.audit.noneText} />
        ) : (
          <DataTable
            label={messages.definitions.activity}
            columns={auditColumns.filter((column) => column.key !== "object")}
            rows={data.items}
            rowKey={(entry) => entry.id}
          />
        )
      }
    </Loaded>
  );
}
