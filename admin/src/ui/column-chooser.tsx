import { ActionButton, Menu, MenuItem, MenuTrigger } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import type { Column } from "./data-table.tsx";

type Props<Row> = {
  columns: readonly Column<Row>[];
  visible: ReadonlySet<string>;
  onChange: (keys: ReadonlySet<string>) => void;
};

/** Shows and hides columns; the first one names the row and stays. */
export function ColumnChooser<Row>({ columns, visible, onChange }: Props<Row>) {
  const [first, ...others] = columns;
  if (!first || others.length === 0) return null;
  return (
    <MenuTrigger>
      <ActionButton>{messages.list.columns}</ActionButton>
      <Menu
        aria-label={messages.list.columns}
        selectionMode="multiple"
        selectedKeys={[...visible].filter((key) => key !== first.key)}
        onSelectionChange={(keys) =>
          onChange(
            new Set([first.key, ...(keys === "all" ? others.map((column) => column.key) : [...keys].map(String))]),
          )
        }
      >
        {others.map((column) => (
          <MenuItem key={column.key} id={column.key}>
            {column.label}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
