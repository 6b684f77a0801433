import { GatedButton } from "../access/gated-button.tsx";
import { NeedsScope } from "../access/needs-scope.tsx";
import { useGate } from "../access/use-session.ts";
import { formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted } from "../ui/styles.ts";
import { PiiBadge } from "./pii-badge.tsx";
import type { ClassSuggestion, DataClass } from "./shapes.ts";
import { useClassSuggestions } from "./use-privacy.ts";

const m = messages.privacy.classes;
const suggestedPii: Readonly<Record<string, DataClass["pii"]>> = { email: "direct", phone: "direct" };

type Props = { onOpen: (start: Partial<DataClass>) => void };

/** Traits whose values look personal and whose class does not say so. */
export function ClassSuggestions({ onOpen }: Props) {
  return (
    <Panel title={m.suggestions} description={m.suggestionsText}>
      <NeedsScope scope="personal-data">
        <Suggestions onOpen={onOpen} />
      </NeedsScope>
    </Panel>
  );
}

function Suggestions({ onOpen }: Props) {
  const query = useClassSuggestions(useGate("personal-data").isAllowed);
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <p className={muted}>{m.noSuggestions}</p>
        ) : (
          <DataTable
            label={m.suggestions}
            columns={columnsOf(onOpen)}
            rows={items}
            rowKey={({ kind, name }) => `${kind} ${name}`}
          />
        )
      }
    </Loaded>
  );
}

function columnsOf(open: Props["onOpen"]): readonly Column<ClassSuggestion>[] {
  return [
    { key: "name", label: m.name, text: ({ name }) => name },
    {
      key: "looks",
      label: m.looksLike,
      text: ({ looksLike }) => m.shapes[looksLike] ?? looksLike,
      render: ({ looksLike, ratio, values }) => (
        <>
          <span>{m.shapes[looksLike] ?? looksLike}</span>
          <span className={muted}>{m.shareOf(formatShare(ratio), formatNumber(values))}</span>
        </>
      ),
    },
    { key: "now", label: m.now, text: ({ pii }) => m.piis[pii].label, render: ({ pii }) => <PiiBadge pii={pii} /> },
    {
      key: "act",
      isOneLine: true,
      label: messages.users.action,
      align: "end",
      text: () => "",
      render: ({ kind, name, looksLike }) => (
        <GatedButton
          scope="admin"
          size="S"
          variant="secondary"
          aria-label={m.changeOf(name)}
          onPress={() => open({ kind, name, pii: suggestedPii[looksLike] ?? "sensitive", purposes: ["necessary"] })}
        >
          {m.classIt}
        </GatedButton>
      ),
    },
  ];
}
