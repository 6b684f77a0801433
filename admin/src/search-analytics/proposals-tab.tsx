import { Badge } from "@react-spectrum/s2";
import { GatedButton } from "../access/gated-button.tsx";
import { messages } from "../messages.data.ts";
import type { Column } from "../ui/data-table.tsx";
import type { Period } from "../ui/period.ts";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import { MadeLinks } from "./made-links.tsx";
import { PagedTable } from "./paged-table.tsx";
import type { Proposal } from "./shapes.ts";
import { type Made, useMade, useMakeDraft, useProposals } from "./use-search-report.ts";

const m = messages.searchAnalytics;

/** What would have helped visitors who found nothing; one press makes a draft of it. */
export function ProposalsTab({ period }: { period: Period }) {
  const query = useProposals(period);
  const madeOf = useMade();
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title={m.noProposals} text={m.noProposalsText} />
        ) : (
          <div className={stack}>
            <p className={muted}>{m.proposalsText}</p>
            <PagedTable
              label={m.tabs.proposals}
              columns={columnsOf(madeOf)}
              rows={items}
              rowKey={({ kind, query: text }) => `${kind} ${text}`}
            />
          </div>
        )
      }
    </Loaded>
  );
}

function columnsOf(madeOf: (query: string) => readonly Made[]): readonly Column<Proposal>[] {
  return [
    { key: "would", label: m.would, text: wouldDo },
    {
      key: "kind",
      label: m.kind,
      text: ({ kind }) => m.made[kind],
      render: ({ kind }) => <Badge>{m.made[kind]}</Badge>,
    },
    { key: "reason", label: m.reason, text: ({ text }) => text },
    {
      key: "accept",
      label: m.what,
      align: "end",
      isOneLine: true,
      text: () => "",
      render: (proposal) => (
        <Accept proposal={proposal} made={madeOf(proposal.query).filter(({ kind }) => kind === proposal.kind)} />
      ),
    },
  ];
}

function wouldDo({ kind, query, body }: Proposal): string {
  if (kind === "redirect") return m.wouldGo(query, String(body["url"] ?? ""));
  const expansions = Array.isArray(body["expansions"]) ? body["expansions"] : [];
  return m.wouldFind(query, expansions.map((each) => `“${String(each)}”`).join(", "));
}

function Accept({ proposal, made }: { proposal: Proposal; made: readonly Made[] }) {
  const make = useMakeDraft();
  if (made.length > 0) return <MadeLinks made={made} />;
  const { kind, query, body } = proposal;
  const name = m.nameOf(m.draftName[kind], query);
  const run = () =>
    make.mutate({ kind, query, name, body }, { onSuccess: () => showDone(m.drafted(name)), onError: showError });
  return (
    <GatedButton
      scope="edit"
      size="S"
      variant="secondary"
      aria-label={m.acceptOf(query)}
      isPending={make.isPending}
      onPress={run}
    >
      {m.accept}
    </GatedButton>
  );
}
