import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { pathByKind } from "./path-by-kind.ts";
import { useDefinitionPart } from "./use-definition.ts";

const m = messages.definitions;

type Use = {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly status?: string;
  readonly path?: string;
};

const columns: readonly Column<Use>[] = [
  {
    key: "name",
    label: m.name,
    text: ({ name }) => name,
    render: ({ id, kind, name }) => {
      const path = pathByKind[kind];
      return path ? <AppLink to={`${path}/${id}`}>{name}</AppLink> : name;
    },
  },
  { key: "kind", label: m.kind, text: ({ kind }) => messages.kinds[kind as keyof typeof messages.kinds] ?? kind },
  { key: "key", label: m.key, text: ({ key }) => key },
  { key: "path", label: m.place, text: ({ path }) => path ?? messages.common.none },
];

/** Everything that would notice if this changed. */
export function UsedByTab({ kind, id }: { kind: string; id: string }) {
  const query = useDefinitionPart<Use>(kind, id, "used-by");
  return (
    <Loaded query={query}>
      {(data) =>
        data.items.length === 0 ? (
          <EmptyState title={m.unused} text={m.unusedText} />
        ) : (
          <DataTable
            label={m.usedBy}
            columns={columns}
            rows={data.items}
            rowKey={(use) => `${use.kind}/${use.key}${use.path ?? ""}`}
          />
        )
      }
    </Loaded>
  );
}
