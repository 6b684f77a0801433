import { ActionButton, Badge } from "@react-spectrum/s2";
import { GatedButton } from "../../access/gated-button.tsx";
import { useGate } from "../../access/use-session.ts";
import { formatAgo, formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { MoreRows } from "../../ui/more-rows.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, stack } from "../../ui/styles.ts";
import { showDone, showError, showInfo } from "../../ui/toasts.ts";
import type { DeadLetter, Destination, Replay } from "./shapes.ts";
import { useDeadLetters, useDestinationActions } from "./use-destination.ts";

const m = messages.connectors.destinations.letters;

/** What the destination refused for good, to be sent again after a fix. */
export function DeadLetters({ destination }: { destination: Destination }) {
  const query = useDeadLetters(destination.key);
  const { replay } = useDestinationActions(destination);
  const canReplay = useGate("admin").isAllowed;
  const send = (letter: string | null) => replay.mutate(letter, { onSuccess: tell, onError: showError });
  const letters = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const hasOpen = letters.some(({ replayedAt }) => replayedAt === null);
  return (
    <Panel
      title={m.title}
      description={m.text}
      aside={
        <GatedButton
          scope="admin"
          variant="secondary"
          isDisabled={!hasOpen}
          isPending={replay.isPending}
          onPress={() => send(null)}
        >
          {m.replayOldest}
        </GatedButton>
      }
    >
      <Loaded query={query}>
        {() =>
          letters.length === 0 ? (
            <p className={muted}>{m.emptyTitle}</p>
          ) : (
            <div className={stack}>
              <DataTable
                label={m.title}
                columns={columnsOf(send, !canReplay || replay.isPending)}
                rows={letters}
                rowKey={({ id }) => id}
              />
              <MoreRows query={query} />
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}

function tell({ replayed, delivered, failed }: Replay): void {
  if (replayed > 0) showDone(m.replayed(formatNumber(replayed), formatNumber(delivered)));
  const [first] = failed;
  if (first) showError(m.stillRefused(formatNumber(failed.length), first.message));
  if (replayed === 0 && !first) showInfo(m.nothing);
}

function columnsOf(send: (letter: string) => void, isDisabled: boolean): readonly Column<DeadLetter>[] {
  return [
    { key: "reason", label: m.reason, text: ({ message, code }) => `${message} (${code})` },
    { key: "events", label: m.events, align: "end", text: ({ eventCount }) => formatNumber(eventCount) },
    {
      key: "at",
      label: m.at,
      isOneLine: true,
      text: ({ at }) => formatInstant(at),
      render: ({ at }) => <span title={formatInstant(at)}>{formatAgo(at)}</span>,
    },
    {
      key: "state",
      isOneLine: true,
      label: m.state,
      text: ({ replayedAt }) => (replayedAt ? m.done : m.open),
      render: ({ replayedAt }) => (
        <Badge variant={replayedAt ? "positive" : "notice"} fillStyle="subtle">
          {replayedAt ? m.done : m.open}
        </Badge>
      ),
    },
    {
      key: "replay",
      label: m.replay,
      isOneLine: true,
      align: "end",
      text: () => "",
      render: ({ id, at, replayedAt }) =>
        replayedAt ? null : (
          <ActionButton
            size="S"
            isDisabled={isDisabled}
            aria-label={m.replayOf(formatInstant(at))}
            onPress={() => send(id)}
          >
            {m.replay}
          </ActionButton>
        ),
    },
  ];
}
