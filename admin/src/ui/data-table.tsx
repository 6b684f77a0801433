import { Checkbox } from "@react-spectrum/s2";
import SortDown from "@react-spectrum/s2/icons/SortDown";
import SortUp from "@react-spectrum/s2/icons/SortUp";
import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import { messages } from "../messages.data.ts";

/** One column. `text` feeds CSV and, without `render`, the cell. */
export type Column<Row> = {
  readonly key: string;
  readonly label: string;
  readonly text: (row: Row) => string;
  readonly render?: (row: Row) => ReactNode;
  /** The name the server sorts by; absent = not sortable. */
  readonly sort?: string;
  readonly align?: "end";
  /** Never breaks the text, e.g. of times. */
  readonly isOneLine?: boolean;
  /** The first column names the row and cannot be hidden. */
  readonly isHiddenAtFirst?: boolean;
};

export type Selection = { readonly keys: ReadonlySet<string>; readonly change: (keys: ReadonlySet<string>) => void };

type Props<Row> = {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sort?: string | undefined;
  readonly onSort?: ((sort: string) => void) | undefined;
  readonly selection?: Selection | undefined;
  readonly isStale?: boolean;
};

const frame = style({
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "lg",
  backgroundColor: "elevated",
  overflowX: "auto",
  opacity: { default: 1, isStale: 0.6 },
});
const table = style({ width: "full", borderCollapse: "collapse", borderSpacing: 0 });
const headCell = style({
  font: "detail-sm",
  textTransform: "none",
  color: "neutral-subdued",
  textAlign: { default: "start", isEnd: "end" },
  paddingX: 16,
  paddingY: 8,
  whiteSpace: "nowrap",
  borderWidth: 0,
  borderStyle: "solid",
  borderBottomWidth: 1,
  borderColor: "gray-200",
  backgroundColor: "layer-1",
});
const cell = style({
  font: "ui",
  fontWeight: "normal",
  color: "body",
  textAlign: { default: "start", isEnd: "end" },
  verticalAlign: "middle",
  paddingX: 16,
  paddingY: 12,
  borderWidth: 0,
  borderStyle: "solid",
  borderTopWidth: { default: 1, isFirst: 0 },
  borderColor: "gray-100",
  overflowWrap: "break-word",
  whiteSpace: { default: "normal", isOneLine: "nowrap" },
  maxWidth: 400,
});
const content = style({
  display: "flex",
  flexDirection: "column",
  alignItems: { default: "start", isEnd: "end" },
  // A button would otherwise be cut to nothing by a narrow column.
  minWidth: { default: 0, isOneLine: "max" },
  gap: 2,
});
const bodyRow = style({ backgroundColor: { default: "transparent", ":hover": "gray-50" } });
const sortButton = style({
  ...focusRing(),
  font: "detail-sm",
  textTransform: "none",
  color: "inherit",
  display: "inline-flex",
  alignItems: "center",
  gap: 4,
  backgroundColor: "transparent",
  borderStyle: "none",
  borderRadius: "sm",
  padding: 0,
  cursor: "pointer",
});

export function DataTable<Row>(props: Props<Row>) {
  const { columns, rows, rowKey, selection } = props;
  const isAllSelected = rows.length > 0 && rows.every((entry) => selection?.keys.has(rowKey(entry)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div role="group" className={frame({ isStale: props.isStale ?? false })} tabIndex={0} aria-label={props.label}>
      <table className={table} aria-label={props.label}>
        <thead>
          <tr>
            {selection ? (
              <th scope="col" className={headCell({ isEnd: false })}>
                <Checkbox
                  aria-label={messages.list.selectAll}
                  isSelected={isAllSelected}
                  isIndeterminate={!isAllSelected && selection.keys.size > 0}
                  onChange={(on) => selection.change(new Set(on ? rows.map(rowKey) : []))}
                />
              </th>
            ) : null}
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((entry, index) => (
            <tr key={rowKey(entry)} className={bodyRow}>
              {selection ? (
                <td className={cell({ isEnd: false, isFirst: index === 0, isOneLine: true })}>
                  <Checkbox
                    aria-label={messages.list.selectRow(columns[0]?.text(entry) ?? "")}
                    isSelected={selection.keys.has(rowKey(entry))}
                    onChange={(on) => selection.change(toggled(selection.keys, rowKey(entry), on))}
                  />
                </td>
              ) : null}
              {columns.map((column, position) => (
                <BodyCell
                  key={column.key}
                  column={column}
                  entry={entry}
                  isFirstRow={index === 0}
                  isRowName={position === 0}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type CellProps<Row> = { column: Column<Row>; entry: Row; isFirstRow: boolean; isRowName: boolean };

/** The first column names its row, for screen readers too. */
function BodyCell<Row>({ column, entry, isFirstRow, isRowName }: CellProps<Row>) {
  const isEnd = column.align === "end";
  const className = cell({ isEnd, isFirst: isFirstRow, isOneLine: column.isOneLine ?? false });
  const drawn = column.render ? (
    <div className={content({ isEnd, isOneLine: column.isOneLine ?? false })}>{column.render(entry)}</div>
  ) : (
    column.text(entry)
  );
  if (!isRowName) return <td className={className}>{drawn}</td>;
  return (
    <th scope="row" className={className}>
      {drawn}
    </th>
  );
}

type HeadProps<Row> = {
  column: Column<Row>;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
};

/** `sort` is the server's name, with a leading "-" for descending. */
function HeadCell<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const className = headCell({ isEnd: column.align === "end" });
  const name = column.sort;
  if (!name || !onSort) {
    return (
      <th scope="col" className={className}>
        {column.label}
      </th>
    );
  }
  const isUp = sort === name;
  const isDown = sort === `-${name}`;
  return (
    <th scope="col" className={className} aria-sort={isUp ? "ascending" : isDown ? "descending" : "none"}>
      <button type="button" className={sortButton({})} onClick={() => onSort(isUp ? `-${name}` : name)}>
        {column.label}
        {isUp ? <SortUp aria-label={messages.list.ascending} /> : null}
        {isDown ? <SortDown aria-label={messages.list.descending} /> : null}
      </button>
    </th>
  );
}

function toggled(keys: ReadonlySet<string>, key: string, on: boolean): ReadonlySet<string> {
  const next = new Set(keys);
  if (on) next.add(key);
  else next.delete(key);
  return next;
}
