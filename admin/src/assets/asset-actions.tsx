import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { muted } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type { Asset } from "./shapes.ts";
import { useAssetActions, useAssetUses } from "./use-assets.ts";

const m = messages.assets;

/** Archive, take back, and, once archived, delete for good. What is used stays. */
export function AssetActions({ asset }: { asset: Asset }) {
  const [open, setOpen] = useState<"archive" | "delete" | null>(null);
  const { act, erase } = useAssetActions();
  const uses = useAssetUses(asset.id).data?.length ?? 0;
  const go = useGo();
  const unarchive = (shown: Asset) =>
    act.mutate(
      { asset: shown, step: "unarchive" },
      { onSuccess: ({ name }) => showDone(m.unarchived(name)), onError: showError },
    );
  const archive = () =>
    act.mutate(
      { asset, step: "archive" },
      {
        onSuccess: (archived) => showDone(m.archivedDone(archived.name), () => unarchive(archived)),
        onError: showError,
      },
    );
  const remove = () =>
    erase.mutateAsync(asset).then(() => {
      showDone(m.deleted(asset.name));
      go("/pictures", { replace: true });
    }, showError);
  return (
    <>
      {asset.status === "archived" ? (
        <>
          <GatedButton scope="edit" variant="secondary" onPress={() => unarchive(asset)}>
            {m.unarchive}
          </GatedButton>
          <GatedButton scope="edit" variant="negative" onPress={() => setOpen("delete")}>
            {m.delete}
          </GatedButton>
        </>
      ) : (
        <>
          {uses > 0 ? <span className={muted}>{m.inUse(formatNumber(uses))}</span> : null}
          <GatedButton scope="edit" variant="secondary" isDisabled={uses > 0} onPress={() => setOpen("archive")}>
            {m.archive}
          </GatedButton>
        </>
      )}
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open === "archive" ? (
          <ConfirmDialog
            isHarmless
            title={m.archiveTitle(asset.name)}
            text={m.archiveText}
            label={m.archive}
            onConfirm={archive}
          />
        ) : null}
        {open === "delete" ? (
          <ConfirmDialog title={m.deleteTitle(asset.name)} text={m.deleteText} label={m.delete} onConfirm={remove} />
        ) : null}
      </DialogContainer>
    </>
  );
}
