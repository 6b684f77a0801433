import type { AuditTrail, ReadLog } from "../access/index.ts";
import type { AcceptRequest, AcceptResult, DoorCheck, LiveEvents } from "../collect/index.ts";
import type { Clock, JsonValue, Logger } from "../kernel/index.ts";
import type { EventStorePrivacy } from "../measurement/index.ts";
import type { ObserveBatch, Person, ProfilePrivacy } from "../profiles/index.ts";
import type { Postgres } from "../storage/index.ts";
import { checkCardNumbers, cleanRejected } from "./card-check.ts";
import { createDataClasses } from "./data-classes.ts";
import { createEventsParticipant } from "./erase-events.ts";
import { createExpireFields, type ExpireFieldsDeps } from "./expire-fields.ts";
import { exportPerson } from "./export-person.ts";
import { createPrivacyObserver } from "./observe-batch.ts";
import type { PrivacyParticipant } from "./participant.ts";
import { createParticipants } from "./participants.ts";
import { createRectification } from "./rectify-profile.ts";
import { createRequests } from "./request-erasure.ts";
import { createRetention } from "./retention.ts";
import type { RetentionDays } from "./retention-classes.data.ts";
import { createRetentionSettings } from "./retention-settings.ts";
import { createPrivacyRoutes } from "./routes.ts";
import { createRunner } from "./run-requests.ts";
import { createRequestStore, personalPrivacyTables } from "./store.ts";
import { createClassStore } from "./store-classes.ts";
import { createConsentStore } from "./store-consents.ts";
import { createCorrectionStore } from "./store-corrections.ts";
import { createRetentionStore } from "./store-retention.ts";
import { createSuppressionStore } from "./store-suppression.ts";
import { createSweepStore } from "./store-sweep.ts";
import { createSuppression, type Suppression } from "./suppression.ts";

const forgetChannel = "clientele_privacy_forget";

export type PrivacyDoorDeps = { readonly postgres: Postgres; readonly clock: Clock; readonly logger: Logger };

/** What stands at the door and beside the event path; made before them, for they take it. */
export type PrivacyDoor = {
  /** Card numbers, then suppressed persons; for `createCollect({door})`. */
  readonly checks: readonly DoorCheck[];
  /** For `createCollect({cleanRejected})`. */
  readonly cleanRejected: (payload: JsonValue) => JsonValue;
  /** For `createProfiles({observe})`: consent history, and erasure of accounts that the shop deleted. */
  readonly observe: ObserveBatch;
  readonly suppression: Suppression;
};

export function createPrivacyDoor({ postgres, clock, logger }: PrivacyDoorDeps): PrivacyDoor {
  const requests = createRequestStore(postgres);
  const suppression = createSuppression({ store: createSuppressionStore(postgres), requests, clock, logger });
  return {
    checks: [checkCardNumbers, suppression.check],
    cleanRejected,
    observe: createPrivacyObserver({ requests, consents: createConsentStore(postgres), clock }),
    suppression,
  };
}

export type PrivacyDeps = PrivacyDoorDeps & {
  readonly door: PrivacyDoor;
  readonly audit: AuditTrail;
  readonly readLog: ReadLog;
  readonly profiles: ProfilePrivacy;
  readonly events: EventStorePrivacy;
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  readonly live: LiveEvents;
  /** Writes the exposures of decisions that wait in this process. */
  readonly flushExposures: () => Promise<void>;
  readonly changeStates: ExpireFieldsDeps["changeStates"];
  /** Other capabilities that keep something of persons. */
  readonly participants?: readonly PrivacyParticipant[];
  readonly retention?: Partial<RetentionDays>;
};

/**
 * Erasure, suppression, export, rectification, consents, data classes and retention.
 *
 * `runRequests` works off requests, every second in the scheduler role; `runRetentionIfDue` every few minutes. `start` before the first event is
 * accepted, `stop` after the last one was.
 */
export function createPrivacy(deps: PrivacyDeps) {
  const { postgres, clock, logger, audit, profiles, events, door } = deps;
  const store = createRequestStore(postgres);
  const consents = createConsentStore(postgres);
  const corrections = createCorrectionStore(postgres);
  const participants = [
    ...createParticipants({ postgres, profiles, live: deps.live, consents, corrections }),
    createEventsParticipant(events),
    ...(deps.participants ?? []),
  ];
  const claimed = new Set<string>([...participants.flatMap(({ tables }) => tables), ...personalPrivacyTables]);
  const sweep = createSweepStore(postgres, claimed);

  const forget = (person: Person): void => {
    for (const participant of participants) participant.forget?.(person);
  };
  const forgetOf = async (requestId: string): Promise<void> => {
    const request = await store.find(requestId);
    if (request?.person) forget(request.person);
  };
  const runner = createRunner({
    store,
    sweep,
    suppression: door.suppression,
    participants,
    personOf: profiles.personOf,
    acceptedSoFar: deps.acceptedSoFar,
    flushExposures: deps.flushExposures,
    replacedParts: async () => (events.kind === "embedded" ? events.replacedParts() : 0),
    forgetEverywhere: async ({ requestId }, person) => {
      forget(person);
      // The id only: what is sent between processes may be kept in files.
      await store.notify(forgetChannel, requestId);
    },
    clock,
    logger,
  });
  const classes = createDataClasses({
    store: createClassStore(postgres),
    transaction: store.transaction,
    audit,
    profiles,
    clock,
  });
  const retentionStore = createRetentionStore(postgres);
  const retentionSettings = createRetentionSettings({
    store: retentionStore,
    transaction: store.transaction,
    audit,
    configured: deps.retention ?? {},
    clock,
  });
  const { changeStates } = deps;
  const retention = createRetention({
    settings: retentionSettings,
    store: retentionStore,
    profiles,
    events,
    participants,
    sweep,
    fields: createExpireFields({ profiles, expiry: events.expiry, classes, corrections, changeStates, clock }),
    requests: store,
    clock,
    logger,
  });
  const requests = createRequests({ store, audit, profiles, suppression: door.suppression, clock });
  const rectification = createRectification({
    accept: deps.accept,
    audit,
    store,
    profiles,
    consents,
    corrections,
    events,
    clock,
  });
  const exportOf = (person: Person) => exportPerson(person, { participants, sweep, now: clock.now });
  let unlisten: (() => void) | undefined;

  return {
    requests,
    classes,
    ...rectification,
    /** Everything kept of a person, as a streaming ZIP of NDJSON. */
    exportPerson: exportOf,
    runRequests: async (): Promise<number> => {
      await door.suppression.flush();
      return runner.run();
    },
    runRetention: retention.run,
    /** Runs the retention when the last run was a day ago; for a job that comes more often. */
    runRetentionIfDue: retention.runIfDue,
    routes: () =>
      createPrivacyRoutes({
        requests,
        classes,
        rectification,
        exportPerson: exportOf,
        personOf: profiles.personOf,
        audit,
        store,
        suppression: door.suppression,
        retention: { settings: retentionSettings, store: retentionStore, retention },
      }),
    /** Records who reads profiles; before the routes are registered. */
    watchReads: deps.readLog.watch,
    start: async (): Promise<void> => {
      await door.suppression.start();
      unlisten = await store.listen(forgetChannel, (requestId) => {
        forgetOf(requestId).catch((error: unknown) =>
          logger.warn({ err: error, requestId }, "an erased person could not be forgotten"),
        );
      });
      if (!store.isShared) await store.releaseClaims();
    },
    stop: async (): Promise<void> => {
      await runner.stop();
      unlisten?.();
      await door.suppression.stop();
      await deps.readLog.close();
    },
  };
}

export type Privacy = ReturnType<typeof createPrivacy>;
