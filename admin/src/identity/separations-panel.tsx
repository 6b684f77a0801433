import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import type { Column } from "../ui/data-table.tsx";
import { muted } from "../ui/styles.ts";
import { IdentifierList } from "./identifier-list.tsx";
import { PagedPanel } from "./paged-panel.tsx";
import type { Identifier, Separation } from "./shapes.ts";
import { useRemoveSeparation, useSeparations } from "./use-identity.ts";

const m = messages.identity.report;

/** What somebody split by hand and no event brings together again; each can be removed. */
export function SeparationsPanel() {
  const remove = useRemoveSeparation();
  return (
    <PagedPanel
      title={m.separations}
      description={m.separationsText}
      none={m.noSeparations}
      query={useSeparations()}
      columnsOf={columnsOf}
      rowKey={({ separationId }) => separationId}
      question={({ separationId }) => ({
        title: m.removeTitle,
        text: m.removeText,
        label: m.remove.replace("…", ""),
        onConfirm: () => remove.mutate(separationId),
      })}
    />
  );
}

const firstOf = (identifiers: readonly Identifier[]): string => identifiers[0]?.value ?? messages.common.none;

function columnsOf(ask: (row: Separation) => void): readonly Column<Separation>[] {
  return [
    {
      key: "left",
      label: m.left,
      text: ({ left }) => left.map(({ value }) => value).join(", "),
      render: ({ left }) => <IdentifierList identifiers={left} />,
    },
    {
      key: "right",
      label: m.right,
      text: ({ right }) => right.map(({ value }) => value).join(", "),
      render: ({ right }) => <IdentifierList identifiers={right} />,
    },
    {
      key: "since",
      label: m.since,
      text: ({ since }) => (since === null ? m.always : m.fromThen(formatInstant(since))),
    },
    {
      key: "by",
      label: m.by,
      text: ({ createdBy }) => createdBy,
      render: ({ createdBy, createdAt }) => (
        <>
          <span>{createdBy}</span>
          <span className={muted} title={formatInstant(createdAt)}>
            {formatAgo(createdAt)}
          </span>
        </>
      ),
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
          aria-label={m.removeOf(firstOf(row.left), firstOf(row.right))}
          onPress={() => ask(row)}
        >
          {m.remove}
        </GatedButton>
      ),
    },
  ];
}
