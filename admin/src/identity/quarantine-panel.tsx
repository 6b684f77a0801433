import { ActionButton, DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted } from "../ui/styles.ts";
import type { Quarantined } from "./shapes.ts";
import { useQuarantine, useRelease } from "./use-identity.ts";
import { namespaceName } from "./words.ts";

const m = messages.identity.report;

/** Values that link nobody because too many persons used them; each can be released. */
export function QuarantinePanel() {
  const [asked, setAsked] = useState<Quarantined | null>(null);
  const query = useQuarantine();
  const release = useRelease();
  return (
    <Panel title={m.quarantine} description={m.quarantineText}>
      <Loaded query={query}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items);
          if (rows.length === 0) return <p className={muted}>{m.noQuarantine}</p>;
          return (
            <>
              <DataTable
                label={m.quarantine}
                columns={columnsOf(setAsked)}
                rows={rows}
                rowKey={({ namespace, value, since }) => `${namespace} ${value} ${since}`}
              />
              {query.hasNextPage ? (
                <div>
                  <ActionButton onPress={() => void query.fetchNextPage()} isPending={query.isFetchingNextPage}>
                    {messages.list.more}
                  </ActionButton>
                </div>
              ) : null}
            </>
          );
        }}
      </Loaded>
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked ? (
          <ConfirmDialog
            isHarmless
            title={m.releaseTitle(asked.value)}
            text={m.releaseText}
            label={m.release.replace("…", "")}
            onConfirm={() => release.mutate(asked)}
          />
        ) : null}
      </DialogContainer>
    </Panel>
  );
}

function columnsOf(ask: (row: Quarantined) => void): readonly Column<Quarantined>[] {
  return [
    { key: "value", label: m.value, text: ({ value }) => value },
    { key: "kind", label: m.kind, text: ({ namespace }) => namespaceName(namespace) },
    {
      key: "since",
      label: m.since,
      text: ({ since }) => formatInstant(since),
      render: ({ since }) => <span title={formatInstant(since)}>{formatAgo(since)}</span>,
    },
    {
      key: "act",
      isOneLine: true,
      label: messages.users.action,
      align: "end",
      text: () => "",
      render: (row) => (
        <GatedButton
          scope="edit"
          size="S"
          variant="secondary"
          aria-label={m.releaseOf(row.value)}
          onPress={() => ask(row)}
        >
          {m.release}
        </GatedButton>
      ),
    },
  ];
}
