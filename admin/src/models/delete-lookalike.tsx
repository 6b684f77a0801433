import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { ApiError, type Fault } from "../api/client.ts";
import { pathByKind } from "../definitions/path-by-kind.ts";
import { messages } from "../messages.data.ts";
import { AppLink, useGo } from "../shell/navigation.tsx";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { body, plainList } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import type { ModelSummary } from "./shapes.ts";
import { useModelActions } from "./use-models.ts";

const m = messages.models;

/** Ends a look-alike after a question; where rules go by it, the server refuses and the dialog names them. */
export function DeleteLookalike({ model }: { model: ModelSummary }) {
  const [isAsked, setAsked] = useState(false);
  const { remove } = useModelActions();
  const go = useGo();
  const uses = usesOf(remove.error);
  const close = () => {
    remove.reset();
    setAsked(false);
  };
  const run = () =>
    remove.mutate(model.key, {
      onSuccess: () => {
        showDone(m.deleted(model.label));
        go("/models", { replace: true });
      },
    });
  return (
    <>
      <GatedButton scope="edit" variant="secondary" onPress={() => setAsked(true)}>
        {m.delete}
      </GatedButton>
      <DialogContainer onDismiss={close}>
        {isAsked ? (
          <ActionDialog
            title={m.deleteTitle(model.label)}
            action={m.delete}
            onAction={run}
            onClose={close}
            // Uses are told in their own words below.
            mutation={{ error: uses.length > 0 ? null : remove.error, isPending: remove.isPending }}
            isReady={uses.length === 0}
            isNegative
          >
            {uses.length === 0 ? <p className={body}>{m.deleteText}</p> : <Uses uses={uses} />}
          </ActionDialog>
        ) : null}
      </DialogContainer>
    </>
  );
}

type Use = { readonly kind: string; readonly key: string };

function Uses({ uses }: { uses: readonly Use[] }) {
  return (
    <div role="alert">
      <p className={body}>{m.inUse}</p>
      <ul className={plainList}>
        {uses.map(({ kind, key }) => (
          <li key={`${kind} ${key}`}>
            <AppLink to={`${pathByKind[kind] ?? ""}/${key}`}>{key}</AppLink>{" "}
            {messages.kinds[kind as keyof typeof messages.kinds] ?? kind}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Details name places in definitions: `/audience/vip/rule/…`. */
function usesOf(error: Error | null): readonly Use[] {
  if (!(error instanceof ApiError) || error.code !== "models.inUse") return [];
  const uses = error.details.map(({ path }: Fault): Use => {
    const [, kind = "", key = ""] = path.split("/");
    return { kind, key };
  });
  return [...new Map(uses.map((use) => [`${use.kind} ${use.key}`, use])).values()];
}
