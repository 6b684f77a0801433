import { ActionButton } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { muted, row, rowBetween } from "../ui/styles.ts";

const pageSize = 25;

type Props<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
};

/** A list that the server gives whole, a page at a time; the page is in the address. */
export function PagedTable<Row>({ label, columns, rows, rowKey }: Props<Row>) {
  const [url, change] = useUrlState();
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const page = Math.min(pages, Math.max(1, Math.floor(Number(url["page"] ?? 1)) || 1));
  const go = (next: number) => change({ page: next === 1 ? null : String(next) });
  const shown = rows.slice((page - 1) * pageSize, page * pageSize);
  return (
    <>
      <DataTable label={label} columns={columns} rows={shown} rowKey={rowKey} />
      {pages > 1 ? (
        <nav className={rowBetween} aria-label={messages.list.pages}>
          <p className={muted} role="status">
            {messages.list.shown(shown.length, page)}
          </p>
          <div className={row}>
            <ActionButton isDisabled={page === 1} onPress={() => go(page - 1)}>
              {messages.list.previous}
            </ActionButton>
            <ActionButton isDisabled={page === pages} onPress={() => go(page + 1)}>
              {messages.list.next}
            </ActionButton>
          </div>
        </nav>
      ) : null}
    </>
  );
}
