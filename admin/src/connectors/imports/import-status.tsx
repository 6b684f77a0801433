import { StatusLight } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import type { ImportStatus } from "./shapes.ts";

const variants = {
  preview: "neutral",
  running: "informative",
  paused: "yellow",
  done: "positive",
  failed: "negative",
  cancelled: "silver",
} as const satisfies Record<ImportStatus, string>;

export function ImportStatusLight({ status }: { status: ImportStatus }) {
  return <StatusLight variant={variants[status]}>{messages.connectors.imports.statuses[status]}</StatusLight>;
}
