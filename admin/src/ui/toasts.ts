import { ToastQueue } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { describeError } from "./states.tsx";

const shownMs = 8000;

export function showDone(text: string, undo?: () => void): void {
  ToastQueue.positive(text, {
    timeout: shownMs,
    ...(undo ? { actionLabel: messages.common.undo, onAction: undo, shouldCloseOnAction: true } : {}),
  });
}

export function showError(error: unknown): void {
  if (typeof error === "string") {
    ToastQueue.negative(error, {});
    return;
  }
  ToastQueue.negative(describeError(error), {});
}

export function showInfo(text: string): void {
  ToastQueue.info(text, { timeout: shownMs });
}
