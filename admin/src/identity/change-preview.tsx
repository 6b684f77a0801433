import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { formatMoney, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { ErrorState, Loading } from "../ui/states.tsx";
import { muted, plainList, stackTight, strong } from "../ui/styles.ts";
import { type Change, changesOf } from "./audience-changes.ts";
import type { Share } from "./shapes.ts";

const m = messages.identity.dialogs;

export type Side = { readonly label: string; readonly share: Share };

type Line = { readonly label: string; readonly of: (share: Share) => string };

const lines: readonly Line[] = [
  { label: m.identifiers, of: ({ identifiers }) => formatNumber(identifiers.length) },
  { label: m.events, of: ({ events }) => formatNumber(events) },
  { label: m.orders, of: ({ orders }) => formatNumber(orders) },
  { label: m.revenue, of: ({ revenue }) => revenue.map(formatMoney).join(", ") || messages.common.none },
];

type Query = { readonly isPending: boolean; readonly error: unknown };
type Props = { query: Query; sides: readonly Side[] | null; changes: readonly Change[] };

/** The dry run of a split or merge: figures of each side beside each other, and the audiences that change. */
export function ChangePreview({ query, sides, changes }: Props) {
  return (
    <section className={stackTight} aria-label={m.preview} aria-live="polite">
      <h2 className={strong}>{m.preview}</h2>
      {query.error ? <ErrorState error={query.error} /> : null}
      {sides && !query.error ? (
        <>
          <DataTable label={m.preview} columns={columnsOf(sides)} rows={lines} rowKey={({ label }) => label} />
          <AudienceChanges changes={changes} />
        </>
      ) : null}
      {query.isPending ? <Loading /> : null}
    </section>
  );
}

function columnsOf(sides: readonly Side[]): readonly Column<Line>[] {
  return [
    { key: "what", label: m.what, text: ({ label }) => label },
    ...sides.map(
      ({ label, share }): Column<Line> => ({ key: label, label, align: "end", text: ({ of }) => of(share) }),
    ),
  ];
}

function AudienceChanges({ changes }: { changes: readonly Change[] }) {
  const choices = useDefinitionChoices("audience").data?.items ?? [];
  const nameOf = (key: string): string => choices.find((choice) => choice.key === key)?.name ?? key;
  const texts = changes.flatMap((change) => changesOf(change, nameOf));
  return (
    <div className={stackTight}>
      <p className={muted}>{m.audiences}</p>
      {texts.length === 0 ? (
        <p className={muted}>{m.noAudiences}</p>
      ) : (
        <ul className={plainList}>
          {texts.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
