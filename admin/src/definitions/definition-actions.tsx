import { ActionMenu, DialogContainer, MenuItem, Text } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import type { Definition } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { showDone, showError } from "../ui/toasts.ts";
import { hasDraft } from "./draft-state.ts";
import type { KindPage } from "./kind-page.ts";
import { PublishDialog } from "./publish-dialog.tsx";
import { useDefinitionActions, type Verb } from "./use-definition.ts";

const m = messages.definitions;

type Props<B> = { page: KindPage<B>; definition: Definition<B>; isDirty: boolean };
type Open = "publish" | "archive" | "delete" | null;

/** Publish, and the verbs that fit the present status. */
export function DefinitionActions<B>({ page, definition, isDirty }: Props<B>) {
  const [open, setOpen] = useState<Open>(null);
  const actions = useDefinitionActions<B>(page.kind);
  const canPublish = useGate("publish").isAllowed;
  const canEdit = useGate("edit").isAllowed;
  const go = useGo();
  const { id, status } = definition;
  const wasLive = definition.everLive;
  const close = () => setOpen(null);

  const run = (verb: Verb, done: string, undo?: Verb) =>
    actions.act.mutate(
      { id, verb },
      {
        onSuccess: () => showDone(done, undo ? () => run(undo, m.undone) : undefined),
        onError: showError,
      },
    );
  const erase = () =>
    actions.erase.mutate(
      { id },
      {
        onSuccess: () => {
          showDone(m.deleted(definition.name));
          go(page.path, { replace: true });
        },
        onError: showError,
      },
    );

  const items = [
    {
      id: "submit",
      label: m.submit,
      isShown: status !== "archived" && hasDraft(definition) && definition.draftStatus !== "in_review",
      isAllowed: canEdit,
    },
    { id: "pause", label: m.pause, isShown: status === "live" || status === "scheduled", isAllowed: canPublish },
    { id: "resume", label: m.resume, isShown: status === "paused", isAllowed: canPublish },
    { id: "archive", label: m.archive, isShown: status !== "archived" && wasLive, isAllowed: canPublish },
    { id: "unarchive", label: m.unarchive, isShown: status === "archived", isAllowed: canPublish },
    { id: "delete", label: m.delete, isShown: !wasLive && status !== "archived", isAllowed: canEdit },
  ].filter((item) => item.isShown);

  const onAction = (key: string | number) => {
    if (key === "pause") run("pause", m.paused(definition.name), "resume");
    else if (key === "resume") run("resume", m.resumed(definition.name), "pause");
    else if (key === "unarchive") run("unarchive", m.unarchived(definition.name));
    else if (key === "submit") run("submit", m.submitted(definition.name));
    else setOpen(key === "archive" ? "archive" : "delete");
  };

  return (
    <>
      <GatedButton
        scope="publish"
        variant={hasDraft(definition) ? "accent" : "secondary"}
        isDisabled={!hasDraft(definition) || status === "archived"}
        onPress={() => setOpen("publish")}
      >
        {m.publish}
      </GatedButton>
      <ActionMenu
        aria-label={m.more}
        onAction={onAction}
        disabledKeys={items.filter((item) => !item.isAllowed).map((item) => item.id)}
      >
        {items.map((item) => (
          <MenuItem key={item.id} id={item.id} textValue={item.label}>
            <Text slot="label">{item.label}</Text>
            {item.isAllowed ? null : <Text slot="description">{m.notAllowed}</Text>}
          </MenuItem>
        ))}
      </ActionMenu>
      <DialogContainer onDismiss={close}>
        {open === "publish" ? (
          <PublishDialog
            kind={page.kind}
            definition={definition}
            isDirty={isDirty}
            onClose={close}
            {...(page.PublishChecks ? { Checks: page.PublishChecks } : {})}
          />
        ) : null}
        {open === "archive" ? (
          <ConfirmDialog
            title={m.archiveTitle(definition.name)}
            text={m.archiveText}
            label={m.archive}
            onConfirm={() => run("archive", m.archived(definition.name), "unarchive")}
          />
        ) : null}
        {open === "delete" ? (
          <ConfirmDialog
            title={m.deleteTitle(definition.name)}
            text={m.deleteText}
            label={m.delete}
            onConfirm={erase}
          />
        ) : null}
      </DialogContainer>
    </>
  );
}
