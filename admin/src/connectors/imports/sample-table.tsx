import { Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import type { JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { valueText } from "../mapping/mapping-model.ts";

const m = messages.connectors.imports;
const shownRows = 5;
const shownColumns = 40;

/** The first rows as they stand in the file. */
export function SampleTable({ rows }: { rows: readonly JsonObject[] }) {
  const names = [...new Set(rows.slice(0, shownRows).flatMap((row) => Object.keys(row)))].slice(0, shownColumns);
  if (names.length === 0) return null;
  const columns = names.map(
    (name): Column<{ index: number; row: JsonObject }> => ({
      key: name,
      label: name,
      isOneLine: true,
      text: ({ row }) => valueText(row[name]).slice(0, 80),
    }),
  );
  return (
    <Disclosure isQuiet size="S">
      <DisclosureTitle>{m.sampleRows}</DisclosureTitle>
      <DisclosurePanel>
        <DataTable
          label={m.sampleRows}
          columns={columns}
          rows={rows.slice(0, shownRows).map((row, index) => ({ index, row }))}
          rowKey={({ index }) => String(index)}
        />
      </DisclosurePanel>
    </Disclosure>
  );
}
