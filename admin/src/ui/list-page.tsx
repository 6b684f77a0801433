import { ActionButton, Picker, PickerItem, SearchField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import { ApiError, type Params } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { ColumnChooser } from "./column-chooser.tsx";
import { type Column, DataTable, type Selection } from "./data-table.tsx";
import { Page } from "./page.tsx";
import { describeError, EmptyState, ErrorState, Loading } from "./states.tsx";
import { muted, row, rowBetween, rowEnd } from "./styles.ts";
import { type ListState, useList } from "./use-list.ts";

const searchWidth = style({ width: 280 });

export type StatusChoice = { readonly key: string; readonly label: string };

type Props<Row> = {
  /** Name under which this browser remembers columns and sort. */
  readonly id: string;
  readonly title: string;
  readonly description: ReactNode;
  readonly path: string;
  readonly params?: Params;
  /** The server's name of the search parameter. */
  readonly searchParam?: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly statuses?: readonly StatusChoice[];
  /** The status that is shown before somebody chooses; default any. */
  readonly statusAtFirst?: string;
  readonly searchLabel?: string;
  readonly filters?: ReactNode;
  readonly actions?: ReactNode;
  readonly selection?: Selection;
  readonly empty: {
    readonly title: string;
    readonly text: string;
    readonly example?: ReactNode;
    readonly action?: ReactNode;
  };
};

/** The frame of every list: its whole state (search, filter, sort, page) is in the address. */
export function ListPage<Row>(props: Props<Row>) {
  const list = useList<Row>({
    id: props.id,
    path: props.path,
    params: props.params,
    columns: props.columns,
    searchParam: props.searchParam,
    statusAtFirst: props.statusAtFirst,
  });
  return (
    <Page title={props.title} description={props.description} actions={props.actions}>
      <div className={rowBetween}>
        <div className={rowEnd}>
          {props.searchLabel ? (
            <SearchField
              label={props.searchLabel}
              value={list.search}
              onChange={list.setSearch}
              autoComplete="off"
              styles={searchWidth}
            />
          ) : null}
          {props.statuses ? (
            <Picker
              label={messages.list.status}
              selectedKey={list.status}
              onSelectionChange={(key) => list.setStatus(String(key))}
            >
              {[{ key: "any", label: messages.list.anyStatus }, ...props.statuses].map((status) => (
                <PickerItem key={status.key} id={status.key}>
                  {status.label}
                </PickerItem>
              ))}
            </Picker>
          ) : null}
          {props.filters}
        </div>
        <div className={row}>
          <ColumnChooser columns={props.columns} visible={list.visible} onChange={list.setVisible} />
          <ActionButton
            onPress={() => void list.exportCsv()}
            isPending={list.isExporting}
            isDisabled={list.rows.length === 0}
          >
            {messages.list.exportCsv}
          </ActionButton>
        </div>
      </div>
      <ListBody {...props} list={list} />
    </Page>
  );
}

function ListBody<Row>(props: Props<Row> & { readonly list: ListState<Row> }) {
  const { list } = props;
  if (list.error instanceof ApiError && list.error.status === 403) {
    return <EmptyState title={messages.common.forbidden} text={describeError(list.error)} />;
  }
  if (list.error && list.rows.length === 0) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.isLoading) return <Loading />;
  if (list.rows.length === 0) {
    return list.isFiltered ? (
      <EmptyState title={messages.list.noMatch} text={messages.list.noMatchText} />
    ) : (
      <EmptyState {...props.empty} />
    );
  }
  return (
    <>
      <DataTable
        label={props.title}
        columns={list.visibleColumns}
        rows={list.rows}
        rowKey={props.rowKey}
        sort={list.sort}
        onSort={list.setSort}
        selection={props.selection}
        isStale={list.isStale}
      />
      <nav className={rowBetween} aria-label={messages.list.pages}>
        <p className={muted} role="status">
          {messages.list.shown(list.rows.length, list.pageNumber)}
        </p>
        <div className={row}>
          <ActionButton isDisabled={!list.previous} onPress={() => list.previous?.()}>
            {messages.list.previous}
          </ActionButton>
          <ActionButton isDisabled={!list.next} onPress={() => list.next?.()}>
            {messages.list.next}
          </ActionButton>
        </div>
      </nav>
    </>
  );
}
