import { StatusLight } from "@react-spectrum/s2";
import type { DefinitionStatus } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";

const variants = {
  draft: "neutral",
  in_review: "notice",
  scheduled: "informative",
  live: "positive",
  paused: "yellow",
  ended: "silver",
  archived: "brown",
} as const satisfies Record<DefinitionStatus, string>;

/** One colour a status, always beside its word. */
export function StatusBadge({ status }: { status: DefinitionStatus }) {
  return <StatusLight variant={variants[status] ?? "neutral"}>{messages.status[status] ?? status}</StatusLight>;
}
