/** What a source and a destination offer on their pages: pause or go on, and remove after a question. */
import { DialogContainer } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { showDone, showError } from "../ui/toasts.ts";

const common = messages.connectors.common;

type Connection = { readonly name: string; readonly status: "active" | "paused" };
type Mutation<Given, Made> = {
  mutate: (given: Given, options: { onSuccess: (made: Made) => void; onError: (error: unknown) => void }) => void;
};

/** Pauses what is active and resumes what is paused, and says so. */
export function toggle(
  { status }: Connection,
  setStatus: Mutation<"pause" | "resume", { readonly name: string }>,
): void {
  const isActive = status === "active";
  setStatus.mutate(isActive ? "pause" : "resume", {
    onSuccess: ({ name }) => showDone(isActive ? common.paused(name) : common.resumed(name)),
    onError: showError,
  });
}

type RemoveProps = {
  connection: Connection;
  remove: Mutation<undefined, unknown>;
  isAsked: boolean;
  onDismiss: () => void;
  title: string;
  text: string;
  /** The list it was in. */
  back: string;
};

/** Asks before it is gone. */
export function RemoveConnection({ connection, remove, isAsked, onDismiss, title, text, back }: RemoveProps) {
  const go = useGo();
  return (
    <DialogContainer onDismiss={onDismiss}>
      {isAsked ? (
        <ConfirmDialog
          title={title}
          text={text}
          label={common.remove}
          onConfirm={() =>
            remove.mutate(undefined, {
              onSuccess: () => {
                showDone(common.removed(connection.name));
                go(back, { replace: true });
              },
              onError: showError,
            })
          }
        />
      ) : null}
    </DialogContainer>
  );
}
