import { ActionButton, Badge, DialogContainer } from "@react-spectrum/s2";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { post } from "../api/client.ts";
import { formatAgo, formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import type { Column } from "../ui/data-table.tsx";
import { InfoDialog } from "../ui/info-dialog.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { muted } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";

const m = messages.deadLetters;

type DeadLetter = {
  readonly id: string;
  readonly at: string;
  readonly sourceId: string;
  readonly code: string;
  readonly message: string;
  readonly payload: unknown;
  readonly replayedAt: string | null;
};

type Replay = { readonly accepted: number; readonly rejected: readonly { code: string; message: string }[] };

/** Events that could not be taken: read why, and send them through the door again. */
export function DeadLettersPage() {
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<DeadLetter | null>(null);
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: (ids: readonly string[]) => replayAll(ids),
    onSuccess: ({ accepted, rejected }) => {
      if (accepted > 0) showDone(m.replayed(formatNumber(accepted)));
      for (const { code, message } of rejected.slice(0, 3)) showError(m.refusedAgain(message, code));
      setKeys(new Set());
      return client.invalidateQueries({ queryKey: ["list", "/v1/dead-letters"] });
    },
    onError: showError,
  });
  return (
    <>
      <ListPage<DeadLetter>
        id="dead-letters"
        title={m.title}
        description={m.description}
        path="/v1/dead-letters"
        columns={columnsOf(setOpen)}
        rowKey={({ id }) => id}
        selection={{ keys, change: setKeys }}
        actions={
          <GatedButton
            scope="edit"
            variant="accent"
            isDisabled={keys.size === 0}
            isPending={replay.isPending}
            onPress={() => replay.mutate([...keys])}
          >
            {m.replaySelected(formatNumber(keys.size))}
          </GatedButton>
        }
        empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example }}
      />
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open ? <Detail letter={open} onClose={() => setOpen(null)} onReplay={() => replay.mutate([open.id])} /> : null}
      </DialogContainer>
    </>
  );
}

/** One after another: a door that refuses one must not be stormed by the rest. */
async function replayAll(ids: readonly string[]): Promise<Replay> {
  let accepted = 0;
  const rejected: { code: string; message: string }[] = [];
  for (const id of ids) {
    const answer = await post<Replay>(`/v1/dead-letters/${encodeURIComponent(id)}/replay`);
    accepted += answer.accepted;
    rejected.push(...answer.rejected);
  }
  return { accepted, rejected };
}

type DetailProps = { letter: DeadLetter; onClose: () => void; onReplay: () => void };

function Detail({ letter, onClose, onReplay }: DetailProps) {
  return (
    <InfoDialog
      title={letter.message}
      onClose={onClose}
      action={
        <GatedButton
          scope="edit"
          variant="accent"
          onPress={() => {
            onReplay();
            onClose();
          }}
        >
          {m.replay}
        </GatedButton>
      }
    >
      <p className={muted}>
        {letter.code} · {letter.sourceId} · {formatInstant(letter.at)}
      </p>
      <JsonView label={messages.events.payload} value={letter.payload} />
    </InfoDialog>
  );
}

function columnsOf(open: (letter: DeadLetter) => void): readonly Column<DeadLetter>[] {
  return [
    { key: "message", label: m.reason, text: ({ message }) => message },
    { key: "code", label: m.code, text: ({ code }) => code },
    { key: "source", label: messages.events.source, text: ({ sourceId }) => sourceId },
    {
      key: "at",
      label: messages.events.received,
      text: ({ at }) => formatInstant(at),
      render: ({ at }) => <span title={formatInstant(at)}>{formatAgo(at)}</span>,
    },
    {
      key: "replayed",
      label: messages.list.status,
      text: ({ replayedAt }) => (replayedAt ? m.isReplayed : m.isWaiting),
      render: ({ replayedAt }) => (
        <Badge variant={replayedAt ? "positive" : "notice"} fillStyle="subtle">
          {replayedAt ? m.isReplayed : m.isWaiting}
        </Badge>
      ),
    },
    {
      key: "open",
      isOneLine: true,
      label: messages.events.payload,
      align: "end",
      text: ({ payload }) => JSON.stringify(payload),
      render: (letter) => (
        <ActionButton size="S" onPress={() => open(letter)}>
          {m.open}
        </ActionButton>
      ),
    },
  ];
}
