import { AlertDialog } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";

type Props = { title: string; text: string; label: string; onConfirm: () => void; isHarmless?: boolean };

/** Asks once more before something that no undo takes back. Stands inside a DialogContainer. */
export function ConfirmDialog({ title, text, label, onConfirm, isHarmless = false }: Props) {
  return (
    <AlertDialog
      title={title}
      variant={isHarmless ? "confirmation" : "destructive"}
      primaryActionLabel={label}
      cancelLabel={messages.common.cancel}
      onPrimaryAction={onConfirm}
    >
      {text}
    </AlertDialog>
  );
}
