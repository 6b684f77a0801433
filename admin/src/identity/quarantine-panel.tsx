import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import type { Column } from "../ui/data-table.tsx";
import { PagedPanel } from "./paged-panel.tsx";
import type { Quarantined } from "./shapes.ts";
import { useQuarantine, useRelease } from "./use-identity.ts";
import { namespaceName, shortValue } from "./words.ts";

const m = messages.identity.report;

/** Values that link nobody because too many persons used them; each can be released. */
export function QuarantinePanel() {
  const release = useRelease();
  return (
    <PagedPanel
      title={m.quarantine}
      description={m.quarantineText}
      none={m.noQuarantine}
      query={useQuarantine()}
      columnsOf={columnsOf}
      rowKey={({ namespace, value, since }) => `${namespace} ${value} ${since}`}
      question={(row) => ({
        isHarmless: true,
        title: m.releaseTitle(shortValue(row.value)),
        text: m.releaseText,
        label: m.release.replace("…", ""),
        onConfirm: () => release.mutate(row),
      })}
    />
  );
}

function columnsOf(ask: (row: Quarantined) => void): readonly Column<Quarantined>[] {
  return [
    {
      key: "value",
      label: m.value,
      text: ({ value }) => value,
      render: ({ value }) => <span title={value}>{shortValue(value)}</span>,
    },
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
