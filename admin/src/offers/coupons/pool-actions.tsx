import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { row } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import type { PoolDetail } from "./shapes.ts";
import { usePoolLife } from "./use-pools.ts";

const m = messages.coupons.life;

/** Puts a pool away that no live rule uses; one that is away comes back or goes for good. */
export function PoolActions({ pool }: { pool: PoolDetail }) {
  const [isAsked, setAsked] = useState(false);
  const { archive, unarchive, erasePool } = usePoolLife(pool.id);
  const go = useGo();
  const bringBack = () =>
    unarchive.mutate(undefined, { onSuccess: () => showDone(m.unarchiveDone(pool.name)), onError: showError });
  const putAway = () =>
    archive.mutate(undefined, { onSuccess: () => showDone(m.archiveDone(pool.name), bringBack), onError: showError });
  const deleteIt = () =>
    erasePool.mutate(undefined, {
      onSuccess: ({ deleted }) => {
        showDone(m.deleteDone(formatNumber(deleted)));
        go("/coupons");
      },
      onError: showError,
    });
  if (pool.archivedAt === null)
    return (
      <GatedButton scope="edit" variant="secondary" isPending={archive.isPending} onPress={putAway}>
        {m.archive}
      </GatedButton>
    );
  return (
    <div className={row}>
      <GatedButton scope="edit" variant="secondary" isPending={unarchive.isPending} onPress={bringBack}>
        {m.unarchive}
      </GatedButton>
      <GatedButton scope="edit" variant="negative" isPending={erasePool.isPending} onPress={() => setAsked(true)}>
        {m.delete}
      </GatedButton>
      <DialogContainer onDismiss={() => setAsked(false)}>
        {isAsked ? (
          <ConfirmDialog
            title={m.deleteTitle}
            text={m.deleteText(formatNumber(pool.codes))}
            label={m.deleteConfirm}
            onConfirm={deleteIt}
          />
        ) : null}
      </DialogContainer>
    </div>
  );
}
