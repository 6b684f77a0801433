import { DialogContainer } from "@react-spectrum/s2";
import { type ComponentProps, useState } from "react";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { MoreRows } from "../ui/more-rows.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted } from "../ui/styles.ts";
import type { usePages } from "./use-identity.ts";

type Props<Row> = {
  title: string;
  description: string;
  /** Where there is no row. */
  none: string;
  query: ReturnType<typeof usePages<Row>>;
  /** `ask` opens the question about a row. */
  columnsOf: (ask: (row: Row) => void) => readonly Column<Row>[];
  rowKey: (row: Row) => string;
  question: (row: Row) => ComponentProps<typeof ConfirmDialog>;
};

/** What people or the program decided, newest first; each can be taken back after a question. */
export function PagedPanel<Row>({ title, description, none, query, columnsOf, rowKey, question }: Props<Row>) {
  const [asked, setAsked] = useState<Row | null>(null);
  return (
    <Panel title={title} description={description}>
      <Loaded query={query}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items);
          if (rows.length === 0) return <p className={muted}>{none}</p>;
          return (
            <>
              <DataTable label={title} columns={columnsOf(setAsked)} rows={rows} rowKey={rowKey} />
              <MoreRows query={query} />
            </>
          );
        }}
      </Loaded>
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked === null ? null : <ConfirmDialog {...question(asked)} />}
      </DialogContainer>
    </Panel>
  );
}
