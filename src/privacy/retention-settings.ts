// How long each class is kept: the shipped periods, what the program was started with, and over both what people set.
import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type Clock, type ErrorDetail, isObject } from "../kernel/index.ts";
import type { Actor } from "./data-classes.ts";
import {
  maxRetentionDays,
  type RetentionClassId,
  type RetentionDays,
  retentionClasses,
  retentionClassIds,
} from "./retention-classes.data.ts";
import type { RequestStore } from "./store.ts";
import type { RetentionStore, RetentionVersion } from "./store-retention.ts";

const code = "privacy.retention";

function isClass(name: string): name is RetentionClassId {
  return retentionClassIds.some((id) => id === name);
}

/** @throws {ClienteleError} `privacy.retention` with every fault */
export function readRetentionDays(given: unknown): Partial<RetentionDays> {
  if (!isObject(given)) throw new ClienteleError(code, "periods are an object of days by class");
  const details: ErrorDetail[] = [];
  const days: Partial<Record<RetentionClassId, number>> = {};
  for (const [name, value] of Object.entries(given)) {
    const path = `/days/${name.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!isClass(name)) {
      details.push({ path, code, message: `no such class; there are ${retentionClassIds.join(", ")}` });
      continue;
    }
    const minDays = retentionClasses.find(({ id }) => id === name)?.minDays ?? 1;
    const isDays = typeof value === "number" && Number.isInteger(value);
    if (!isDays || value > maxRetentionDays || (value !== 0 && value < minDays))
      details.push({ path, code, message: `whole days, ${minDays} to ${maxRetentionDays}, or 0 for ever` });
    else days[name] = value;
  }
  if (details.length > 0) throw new ClienteleError(code, `${details.length} periods are invalid`, { details });
  return days;
}

export type RetentionSettingsDeps = {
  readonly store: Pick<RetentionStore, "versions" | "append">;
  readonly transaction: RequestStore["transaction"];
  readonly audit: AuditTrail;
  /** What the program was started with; over the shipped periods. */
  readonly configured: Partial<RetentionDays>;
  readonly clock: Clock;
};

const unset: RetentionVersion = { version: 0, days: {}, note: "", createdAt: null, createdBy: null };

export function createRetentionSettings({ store, transaction, audit, configured, clock }: RetentionSettingsDeps) {
  const defaults: RetentionDays = {
    // Every class has a row.
    ...(Object.fromEntries(retentionClasses.map(({ id, defaultDays }) => [id, defaultDays])) as RetentionDays),
    ...configured,
  };
  const latest = async (): Promise<RetentionVersion> => (await store.versions(1, null))[0] ?? unset;
  const changed = (version: number): ClienteleError =>
    new ClienteleError(
      "privacy.retentionChanged",
      `somebody else changed the periods after version ${version}; read them again`,
    );

  return {
    defaults,
    latest,
    /** The periods in force. */
    current: async (): Promise<RetentionDays> => ({ ...defaults, ...(await latest()).days }),
    versions: store.versions,
    /**
     * Sets the periods, from the next run on; a class that is absent gets its default.
     *
     * @param version the version that was read, 0 when nothing was set
     * @throws {ClienteleError} `privacy.retentionChanged`, `privacy.retention`
     */
    put: async (version: number, days: Partial<RetentionDays>, note: string, by: Actor): Promise<RetentionVersion> => {
      const before = await latest();
      if (before.version !== version) throw changed(version);
      const next = { version: version + 1, days, note, createdAt: clock.now(), createdBy: by.actor };
      await transaction(async (tx) => {
        if (!(await store.append(tx, next))) throw changed(version);
        await audit.record(tx, {
          ...by,
          action: "retention.put",
          objectKind: "retention",
          objectId: "periods",
          before: { ...defaults, ...before.days },
          after: { ...defaults, ...days, note },
        });
      });
      return next;
    },
  };
}

export type RetentionSettings = ReturnType<typeof createRetentionSettings>;
