import { ClienteleError } from "../kernel/index.ts";
import type { DraftStatus } from "./definition.ts";
import type { DefinitionStatus } from "./kind.ts";
import type { Window } from "./schedule.ts";

// draft → (in review) → scheduled → live → paused → ended → archived. The status speaks of the published version once
// there is one; an unpublished change beside it has its own `draftStatus`.

export type Action = "submit" | "publish" | "pause" | "resume" | "archive" | "unarchive" | "rollback";

export type StatusState = {
  readonly status: DefinitionStatus;
  readonly draftStatus: DraftStatus;
  readonly everLive: boolean;
};

const notArchived: readonly DefinitionStatus[] = ["draft", "in_review", "scheduled", "live", "paused", "ended"];

const allowedFrom: Readonly<Record<Action, readonly DefinitionStatus[]>> = {
  submit: notArchived,
  publish: notArchived,
  pause: ["scheduled", "live"],
  resume: ["paused"],
  archive: notArchived,
  unarchive: ["archived"],
  rollback: ["scheduled", "live", "paused", "ended"],
};

/** Actions possible from a state, in the order of the life cycle. */
function allowedActions({ status, draftStatus }: StatusState): readonly Action[] {
  // Object.keys of a record typed by Action.
  const actions = Object.keys(allowedFrom) as Action[];
  return actions.filter((action) => {
    if (!allowedFrom[action].includes(status)) return false;
    if (action === "submit") return draftStatus === "draft";
    return action !== "publish" || draftStatus !== null;
  });
}

/** @throws {ClienteleError} `definitions.transition`, naming what is possible instead */
export function assertAllowed(action: Action, state: StatusState): void {
  const allowed = allowedActions(state);
  if (allowed.includes(action)) return;
  const draft =
    state.draftStatus === null
      ? "without an unpublished version"
      : `with an unpublished version (${state.draftStatus})`;
  throw new ClienteleError(
    "definitions.transition",
    `cannot ${action} a definition that is ${state.status} ${draft}; possible: ${allowed.join(", ") || "nothing"}`,
  );
}

/** The status of a published version by the clock. */
export function statusAt(window: Window, nowMs: number): "scheduled" | "live" | "ended" {
  if (window.toMs !== null && nowMs >= window.toMs) return "ended";
  return window.fromMs !== null && nowMs < window.fromMs ? "scheduled" : "live";
}

/** When the clock will next change the status; null = never. */
export function nextChangeMs(window: Window, nowMs: number): number | null {
  if (window.fromMs !== null && nowMs < window.fromMs) return window.fromMs;
  return window.toMs !== null && nowMs < window.toMs ? window.toMs : null;
}
