import { ActionButton, Badge, DialogContainer } from "@react-spectrum/s2";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { remove } from "../api/client.ts";
import { formatAgo, formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { mono } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import { GatedButton } from "./gated-button.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";
import { useGate } from "./use-session.ts";

const m = messages.keys;

export type AccessKey = {
  readonly id: string;
  readonly kind: "write" | "token";
  readonly name: string;
  readonly prefix: string;
  readonly sourceId?: string;
  readonly sourceType: "browser" | "server";
  readonly scopes: readonly string[];
  readonly origins: readonly string[];
  readonly createdAt: string;
  readonly createdBy?: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
};

const none = messages.common.none;

/** Write keys for shops, tokens for servers: made here, shown once, revoked here. */
export function KeysPage() {
  const [isMaking, setMaking] = useState(false);
  const [asked, setAsked] = useState<AccessKey | null>(null);
  const client = useQueryClient();
  const canRevoke = useGate("admin").isAllowed;
  const revoke = useMutation({
    mutationFn: (key: AccessKey) => remove<unknown>(`/v1/keys/${encodeURIComponent(key.id)}`),
    onSuccess: (_answer, key) => {
      showDone(m.revoked(key.name));
      return client.invalidateQueries({ queryKey: ["list", "/v1/keys"] });
    },
    onError: showError,
  });
  const newButton = (
    <GatedButton scope="admin" variant="accent" onPress={() => setMaking(true)}>
      {m.create}
    </GatedButton>
  );
  return (
    <>
      <ListPage<AccessKey>
        id="keys"
        title={m.title}
        description={m.description}
        path="/v1/keys"
        columns={columnsOf(canRevoke, setAsked)}
        rowKey={({ id }) => id}
        actions={newButton}
        empty={{ title: m.emptyTitle, text: m.emptyText, action: newButton }}
      />
      <DialogContainer onDismiss={() => setMaking(false)}>
        {isMaking ? <NewKeyDialog onClose={() => setMaking(false)} /> : null}
      </DialogContainer>
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked ? (
          <ConfirmDialog
            title={m.revokeTitle(asked.name)}
            text={m.revokeText}
            label={m.revoke}
            onConfirm={() => revoke.mutate(asked)}
          />
        ) : null}
      </DialogContainer>
    </>
  );
}

function columnsOf(canRevoke: boolean, ask: (key: AccessKey) => void): readonly Column<AccessKey>[] {
  return [
    { key: "name", label: m.name, text: ({ name }) => name },
    { key: "kind", label: m.kind, text: ({ kind }) => m.kinds[kind]?.label ?? kind },
    {
      key: "prefix",
      label: m.starts,
      text: ({ prefix }) => prefix,
      render: ({ prefix }) => <code className={mono}>{prefix}…</code>,
    },
    {
      key: "source",
      label: m.sourceType,
      text: ({ kind, sourceId, sourceType }) =>
        kind === "write" ? `${sourceId ?? none} (${m.sourceTypes[sourceType].label})` : none,
    },
    { key: "scopes", label: m.scopes, text: ({ scopes }) => scopes.join(", ") || none },
    {
      key: "origins",
      label: m.origins,
      isHiddenAtFirst: true,
      text: ({ origins }) => origins.join(", ") || m.anyOrigin,
    },
    { key: "used", label: m.lastUsed, text: ({ lastUsedAt }) => (lastUsedAt ? formatAgo(lastUsedAt) : m.never) },
    { key: "created", label: m.created, isHiddenAtFirst: true, text: ({ createdAt }) => formatInstant(createdAt) },
    {
      key: "status",
      label: messages.list.status,
      text: ({ revokedAt }) => (revokedAt ? m.isRevoked : m.isActive),
      render: ({ revokedAt }) => (
        <Badge variant={revokedAt ? "neutral" : "positive"} fillStyle="subtle">
          {revokedAt ? m.isRevoked : m.isActive}
        </Badge>
      ),
    },
    {
      key: "act",
      isOneLine: true,
      label: m.action,
      align: "end",
      text: () => "",
      render: (key) =>
        key.revokedAt ? null : (
          <ActionButton size="S" isDisabled={!canRevoke} onPress={() => ask(key)}>
            {m.revoke}
          </ActionButton>
        ),
    },
  ];
}
