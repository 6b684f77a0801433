import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { muted, plainList, stack } from "../ui/styles.ts";
import type { Figures } from "./shapes.ts";

const m = messages.identity.dialogs;

/** One profile before and after; null where it does not exist. */
export type Side = { readonly label: string; readonly before: Figures | null; readonly after: Figures | null };

type Line = { readonly label: string; readonly of: (figures: Figures) => string };

const lines: readonly Line[] = [
  { label: m.identifiers, of: ({ identifiers }) => formatNumber(identifiers) },
  { label: m.events, of: ({ events }) => formatNumber(events) },
  { label: m.orders, of: ({ orders }) => formatNumber(orders) },
  { label: m.revenue, of: ({ revenue }) => formatMoney(revenue) },
];

/** What a split or merge would change: figures of each side before and after, and the audiences that change. */
export function ChangePreview({ sides }: { sides: readonly Side[] }) {
  const columns: readonly Column<Line>[] = [
    { key: "what", label: m.what, text: ({ label }) => label },
    ...sides.map(
      (side): Column<Line> => ({
        key: side.label,
        label: side.label,
        align: "end",
        text: ({ of }) => change(side, of),
      }),
    ),
  ];
  const changes = sides.flatMap(audienceChanges);
  return (
    <div className={stack}>
      <DataTable label={m.preview} columns={columns} rows={lines} rowKey={({ label }) => label} />
      <div>
        <p className={muted}>{m.audiences}</p>
        {changes.length === 0 ? (
          <p>{m.noAudiences}</p>
        ) : (
          <ul className={plainList}>
            {changes.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** "4 → 3"; one figure where there is nothing before or nothing changes. */
function change({ before, after }: Side, of: Line["of"]): string {
  const [was, will] = [before && of(before), after && of(after)];
  if (was === null || was === will) return will ?? messages.common.none;
  return `${was} → ${will ?? messages.common.none}`;
}

function audienceChanges({ label, before, after }: Side): readonly string[] {
  if (!after) return [];
  const entered = after.audiences.filter((name) => !before?.audiences.includes(name));
  const left = (before?.audiences ?? []).filter((name) => !after.audiences.includes(name));
  return [
    ...(entered.length > 0 ? [`${label} ${m.enters(entered.join(", "))}`] : []),
    ...(left.length > 0 ? [`${label} ${m.leaves(left.join(", "))}`] : []),
  ];
}
