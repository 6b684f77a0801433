import { Badge } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { muted } from "../ui/styles.ts";
import { ruleTitle } from "./rule-title.tsx";
import type { ConsideredRule } from "./shapes.ts";

const m = messages.merchandising.rules;

type Props = { rules: readonly ConsideredRule[]; ownId?: string };

/** Which rules make a list, in order, and which would but do not, with the reason. */
export function ConsideredRules({ rules, ownId }: Props) {
  return (
    <Panel title={m.title} description={m.text}>
      {rules.length === 0 ? (
        <p className={muted}>{m.none}</p>
      ) : (
        <DataTable
          label={m.title}
          columns={columnsOf(rules, ownId)}
          rows={rules}
          rowKey={({ kind, id }) => `${kind}/${id}`}
        />
      )}
    </Panel>
  );
}

function columnsOf(rules: readonly ConsideredRule[], ownId: string | undefined): readonly Column<ConsideredRule>[] {
  return [
    {
      key: "name",
      label: m.name,
      text: ({ name }) => name,
      render: (rule) => (rule.id === ownId ? m.this : ruleTitle({ ruleId: rule.id, ruleName: rule.name }, rules)),
    },
    { key: "kind", label: m.kind, text: ({ kind }) => messages.kinds[kind as keyof typeof messages.kinds] ?? kind },
    {
      key: "applies",
      label: m.applies,
      isOneLine: true,
      text: ({ isApplied }) => (isApplied ? m.isApplied : m.isLost),
      render: ({ isApplied }) => (
        <Badge size="S" variant={isApplied ? "positive" : "neutral"} fillStyle="subtle">
          {isApplied ? m.isApplied : m.isLost}
        </Badge>
      ),
    },
    { key: "reason", label: m.reason, text: ({ reason }) => reason },
  ];
}
