import { ActionButton } from "@react-spectrum/s2";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { download, toCsv } from "../ui/csv.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { mutedXs } from "../ui/styles.ts";
import { figureColumns } from "./report-columns.ts";
import type { UnitFigures } from "./shapes.ts";

const m = messages.units.report;
const related = messages.related;
/** Lists that nobody has configured are counted under this and their name. */
const unconfigured = "related-products.";

type Named = { readonly text: string; readonly to: string | null };

/** Units are named by the server; what else is shown like one is a list of related products. */
function useNames(): (row: UnitFigures) => Named | null {
  const lists = useDefinitionChoices("related-product-list").data?.items ?? [];
  return ({ unitId, name }) => {
    if (name !== null) return { text: name, to: `/units/${unitId}?tab=report` };
    const list = lists.find(({ id }) => id === unitId);
    if (list) return { text: list.name, to: `/related-lists/${unitId}` };
    const own = unitId.startsWith(unconfigured) ? unitId.slice(unconfigured.length) : "";
    const texts = related.names[own as keyof typeof related.names];
    return texts ? { text: texts.label, to: null } : null;
  };
}

function columnsOf(nameOf: (row: UnitFigures) => Named | null): readonly Column<UnitFigures>[] {
  return [
    {
      key: "unit",
      label: m.unit,
      text: (row) => nameOf(row)?.text ?? row.unitId,
      render: (row) => <Name id={row.unitId} named={nameOf(row)} />,
    },
    { key: "strategy", label: m.strategy, isOneLine: true, text: ({ typeId }) => typeId ?? messages.common.none },
    ...figureColumns,
  ];
}

function Name({ id, named }: { id: string; named: Named | null }) {
  if (named?.to) return <AppLink to={named.to}>{named.text}</AppLink>;
  if (named) return named.text;
  return (
    <>
      {id}
      <span className={mutedXs}>{m.notLive}</span>
    </>
  );
}

/** Every unit of a time with its figures, and as a file. */
export function ReportTable({ items }: { items: readonly UnitFigures[] }) {
  const columns = columnsOf(useNames());
  const save = () =>
    download(
      "recommendation-units.csv",
      toCsv(
        columns.map(({ label }) => label),
        items.map((item) => columns.map(({ text }) => text(item))),
      ),
    );
  return (
    <Panel title={m.all} aside={<ActionButton onPress={save}>{messages.list.exportCsv}</ActionButton>}>
      <DataTable label={m.all} columns={columns} rows={items} rowKey={({ unitId }) => unitId} />
    </Panel>
  );
}
