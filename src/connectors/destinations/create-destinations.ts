// "Data connection": what happens here, told to other systems. The event path copies what is wanted into an outbox within its own
// transaction; each destination reads it at its own pace from its own place, so that one that is away delays nobody.

import type { Clock, ErrorDetail, JsonValue, Logger } from "../../kernel/index.ts";
import { newId } from "../../kernel/index.ts";
import type { CompiledRule } from "../../kernel/rules/index.ts";
import type { Postgres } from "../../storage/index.ts";
import type { Audit } from "../editor.ts";
import { takeTurns } from "../managed/take-turns.ts";
import type { HttpClient } from "../net/http-client.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import type { ConsentStates } from "./admit-event.ts";
import type { EventFormats, StoredDestination } from "./destination.ts";
import { erasePersons } from "./erase-person.ts";
import { limitBacklog } from "./limit-backlog.ts";
import { createDestinationManager } from "./manage-destinations.ts";
import { type AudienceSource, createAudienceLookup } from "./name-audiences.ts";
import { createOutboxWriter } from "./outbox-writer.ts";
import { createPrepareDestination } from "./prepare-destination.ts";
import { createLetterReplay } from "./replay-letters.ts";
import { createDestinationRun } from "./run-destination.ts";
import { createDestinationStore } from "./store.ts";
import { sendTestEvent } from "./test-destination.ts";

export type DestinationsDeps = {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly http: HttpClient;
  readonly secrets: SecretBox;
  readonly formats: EventFormats;
  readonly allowPrivateTargets: boolean;
  readonly rules: {
    readonly faultsOf: (rule: unknown, prefix: string) => readonly ErrorDetail[];
    readonly compile: (rule: JsonValue) => Pick<CompiledRule, "test">;
  };
  /** Consents of persons now; somebody who is gone is missing, and gets nothing sent about them. */
  readonly consentsOf: (profileIds: readonly string[]) => Promise<ReadonlyMap<string, ConsentStates>>;
  readonly audiences: AudienceSource;
  /** Bytes that may wait for destinations; default 256 MB. */
  readonly maxBacklogBytes?: number;
  /** Factor of every wait; tests shorten them. Default 1. */
  readonly pace?: number;
};

/** Where a destination names something. */
export type DestinationUse = { readonly destination: StoredDestination; readonly path: string };

const housekeepingMs = 5_000;
const sequencePerTick = 10_000;
const defaultBacklogBytes = 256 * 1024 ** 2;
const letterRetentionMs = 14 * 86_400_000;

export function createDestinations(deps: DestinationsDeps) {
  const { clock, logger } = deps;
  const store = createDestinationStore(deps.postgres);
  const pace = deps.pace ?? 1;
  const maxBytes = deps.maxBacklogBytes ?? defaultBacklogBytes;
  const prepare = createPrepareDestination({
    http: deps.http,
    now: clock.now,
    formats: deps.formats,
    secrets: deps.secrets,
    compileRule: deps.rules.compile,
  });
  const audiencesOf = createAudienceLookup(deps.audiences);
  const run = createDestinationRun({
    store,
    clock,
    logger,
    worker: newId(clock.now()),
    prepare,
    consentsOf: deps.consentsOf,
    audiencesOf,
    pace,
  });
  let active: readonly StoredDestination[] = [];
  let mayHaveRows = true;
  let housekeptAt = Number.NEGATIVE_INFINITY;
  let unlisten: () => void = () => undefined;

  const refresh = async (): Promise<void> => {
    const all = await store.all();
    active = all.filter(({ status }) => status === "active");
    if (active.length > 0) mayHaveRows = true;
  };

  const look = async (): Promise<readonly string[]> => {
    if (!mayHaveRows) return [];
    await store.outbox.sequence(sequencePerTick);
    const head = await store.outbox.head();
    if (performance.now() - housekeptAt >= housekeepingMs * pace) {
      housekeptAt = performance.now();
      await limitBacklog({ store, clock, logger, maxBytes });
      await store.settleLag();
      if (active.length === 0 && (await store.outbox.bytes()) === 0) mayHaveRows = false;
    }
    // Without something to do a turn would only write its claim, twice a second.
    return active.flatMap(({ id, state }) => (state.cursor.position <= head && run.isDue(state) ? [id] : []));
  };
  const turns = takeTurns({ name: "destinations", logger, pace, refresh, look, turn: run.turn });

  const manager = createDestinationManager({
    store,
    audit: deps.audit,
    clock,
    secrets: deps.secrets,
    allowPrivateTargets: deps.allowPrivateTargets,
    ruleFaults: deps.rules.faultsOf,
    audiences: deps.audiences,
    changed: async (id) => {
      run.forgetRefusals(id);
      await turns.refresh();
      turns.wake();
      await store.announce();
    },
  });

  return {
    manager,
    /** Give it to the event path: it copies into the outbox what destinations want, in the transaction of the batch. */
    observe: createOutboxWriter({
      store,
      clock,
      active: () => active,
      audienceKeyOf: (audienceId) => deps.audiences.nameOf(audienceId)?.key,
    }),
    letters: store.letters,
    /** Destinations that name an audience, active or not. */
    usersOf: async ({ id, key }: { readonly id: string; readonly key: string }): Promise<readonly DestinationUse[]> =>
      (await store.all()).flatMap((destination) => {
        const { audiences } = destination.config;
        if (!Array.isArray(audiences)) return [];
        const at = audiences.findIndex((reference) => reference === id || reference === key);
        return at < 0 ? [] : [{ destination, path: `/config/audiences/${at}` }];
      }),
    /** What waits for one destination. */
    lagOf: ({ state }: StoredDestination) => store.outbox.waiting(state.cursor),
    replay: createLetterReplay({ store, clock, prepare, consentsOf: deps.consentsOf, audiencesOf }),
    /** Sends one made-up event. @returns null when it was taken, else what went wrong */
    test: (destination: StoredDestination) => sendTestEvent(prepare(destination), clock.now()),
    /** Takes persons out of what waits; call it before the profile is erased. May be repeated. */
    erase: (profileIds: readonly string[]) => erasePersons(store, profileIds),
    /** Loads what is active; every process that processes events needs it before its first batch. */
    load: async (): Promise<void> => {
      await turns.refresh();
      unlisten = await store.onChange(turns.changed);
    },
    /** Starts delivering. */
    start: async (): Promise<void> => {
      if (!turns.isWorking() && !store.isShared) await store.releaseAll();
      turns.start();
    },
    /** Ends after the requests under way, or their abort after 2 s; what was not confirmed is sent again by the next start. */
    stop: async (): Promise<void> => {
      unlisten();
      await turns.stop();
    },
    /** Housekeeping of the scheduler role. */
    maintain: () => store.letters.forget(clock.now() - letterRetentionMs),
  };
}

export type Destinations = ReturnType<typeof createDestinations>;
