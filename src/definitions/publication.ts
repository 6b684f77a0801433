import type { Definition, DefinitionSummary } from "./definition.ts";
import type { DefinitionSchedule, DefinitionScope } from "./kind.ts";
import { windowOf } from "./schedule.ts";
import type { StoredState } from "./store.ts";
import { nextChangeMs, statusAt } from "./transitions.ts";

// Pure: the stored state after each action. `now` is Unix milliseconds.

export type Change = { readonly nowMs: number; readonly actor: string };
type PublishedVersion = { readonly version: number; readonly schedule: DefinitionSchedule | null };

const earliest = (...times: readonly (number | null)[]): number | null => {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
};

const toMs = (text: string | null) => (text === null ? null : Date.parse(text));

/** The state as stored, ready to be changed. */
export function stateOf(definition: DefinitionSummary, { nowMs, actor }: Change): StoredState {
  const publishAtMs = toMs(definition.publishAt);
  const isPending = definition.pendingVersion !== null;
  return {
    name: definition.name,
    status: definition.status,
    draftStatus: definition.draftStatus,
    scope: definition.scope,
    schedule: definition.schedule,
    labels: definition.labels,
    version: definition.version,
    draftVersion: definition.draftVersion,
    liveVersion: definition.liveVersion,
    pendingVersion: definition.pendingVersion,
    everLive: definition.everLive,
    liveFromMs: isPending ? null : publishAtMs,
    pendingAtMs: isPending ? publishAtMs : null,
    nextChangeMs: toMs(definition.nextChangeAt),
    updatedAt: new Date(nowMs).toISOString(),
    updatedBy: actor,
  };
}

/** Status, `everLive` and the next change by the clock, from the published version. */
export function byClock(state: StoredState, live: PublishedVersion, nowMs: number): StoredState {
  const window = windowOf(live.schedule, state.liveFromMs);
  const status = statusAt(window, nowMs);
  return {
    ...state,
    status,
    everLive: state.everLive || status !== "scheduled",
    nextChangeMs: earliest(nextChangeMs(window, nowMs), state.pendingAtMs),
  };
}

/**
 * Publishes a version, now or at `atMs`. What is in effect stays so until then; a first version, or one whose
 * predecessor is not in effect, is taken over at once with a later start.
 */
export function publish(
  state: StoredState,
  version: PublishedVersion,
  current: PublishedVersion | null,
  atMs: number | null,
  nowMs: number,
): StoredState {
  const isLater = atMs !== null && atMs > nowMs;
  const published = { ...state, draftVersion: null, draftStatus: null };
  if (isLater && state.status === "live" && current !== null) {
    return byClock({ ...published, pendingVersion: version.version, pendingAtMs: atMs }, current, nowMs);
  }
  const taken = {
    ...published,
    liveVersion: version.version,
    liveFromMs: isLater ? atMs : null,
    pendingVersion: null,
    pendingAtMs: null,
  };
  return byClock(taken, version, nowMs);
}

/** Takes over a pending version whose time has come. */
export function takePending(state: StoredState, nowMs: number): StoredState {
  if (state.pendingVersion === null || state.pendingAtMs === null || state.pendingAtMs > nowMs) return state;
  return { ...state, liveVersion: state.pendingVersion, liveFromMs: null, pendingVersion: null, pendingAtMs: null };
}

export function archive(state: StoredState): StoredState {
  return { ...state, status: "archived", pendingVersion: null, pendingAtMs: null, nextChangeMs: null };
}

/** What has been live comes back paused, anything else as a draft of its newest version. */
export function unarchive(state: StoredState): StoredState {
  if (state.everLive) return { ...state, status: "paused" };
  return {
    ...state,
    status: "draft",
    draftStatus: "draft",
    draftVersion: state.version,
    liveVersion: null,
    liveFromMs: null,
  };
}

export type Content = {
  readonly name: string;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
  readonly labels: readonly string[];
};

/** A new newest version that is not published yet; a status that speaks of a published version stays. */
export function withDraft(state: StoredState, content: Content): StoredState {
  const version = state.version + 1;
  const status = state.liveVersion === null ? "draft" : state.status;
  return { ...state, ...content, version, draftVersion: version, draftStatus: "draft", status };
}

type Audited = "name" | "status" | "draftStatus" | "version" | "liveVersion" | "scope" | "schedule" | "labels" | "body";

/** What an audit entry keeps of a definition. */
export type AuditedDefinition = Pick<Definition, Audited>;

export function auditImage({
  name,
  status,
  draftStatus,
  version,
  liveVersion,
  scope,
  schedule,
  labels,
  body,
}: AuditedDefinition): object {
  return { name, status, draftStatus, version, liveVersion, scope, schedule, labels, body };
}
