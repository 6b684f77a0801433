import { ActionButton } from "@react-spectrum/s2";
import { GatedButton } from "../access/gated-button.tsx";
import { formatInstant, formatNumber } from "../format.ts";
import { namespaceName } from "../identity/words.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { MoreRows } from "../ui/more-rows.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type { Sync, SyncLetter } from "./shapes.ts";
import { useSyncActions, useSyncLetters } from "./use-sync.ts";

const m = messages.activation;

/** What the other system refused for good, to be told again after a fix. */
export function SyncLetters({ sync }: { sync: Sync }) {
  const query = useSyncLetters(sync.key);
  const { replay } = useSyncActions(sync);
  const send = (letter: string | null) =>
    replay.mutate(letter, {
      onSuccess: ({ replayed }) => showDone(m.replayed(formatNumber(replayed))),
      onError: showError,
    });
  const letters = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel
      title={m.letters}
      description={m.lettersText}
      aside={
        <GatedButton
          scope="admin"
          variant="secondary"
          isDisabled={letters.length === 0}
          isPending={replay.isPending}
          onPress={() => send(null)}
        >
          {m.replayAll}
        </GatedButton>
      }
    >
      <Loaded query={query}>
        {() =>
          letters.length === 0 ? (
            <p className={muted}>{m.noLetters}</p>
          ) : (
            <div className={stack}>
              <DataTable
                label={m.letters}
                columns={columnsOf(send, replay.isPending)}
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

function columnsOf(send: (letter: string) => void, isDisabled: boolean): readonly Column<SyncLetter>[] {
  return [
    { key: "reason", label: m.reason, text: ({ message }) => message },
    { key: "op", label: m.op, text: ({ op, namespace }) => `${m.ops[op]}: ${namespaceName(namespace)}` },
    {
      key: "person",
      label: m.person,
      text: ({ profileId }) => profileId ?? m.erased,
      render: ({ profileId }) =>
        profileId === null ? m.erased : <AppLink to={`/profiles/${profileId}`}>{profileId}</AppLink>,
    },
    { key: "at", label: m.started, isOneLine: true, text: ({ at }) => formatInstant(at) },
    {
      key: "replay",
      label: m.replay,
      isOneLine: true,
      align: "end",
      text: () => "",
      render: ({ id, at }) => (
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
