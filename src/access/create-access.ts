import type { Clock, Logger } from "../kernel/index.ts";
import { createAudit } from "./audit.ts";
import { createAuthenticate } from "./authenticate.ts";
import { createDemoAccess } from "./demo-access.ts";
import { createKeyRing } from "./key-ring.ts";
import { createKeyManagement } from "./manage-keys.ts";
import { createUserManagement } from "./manage-users.ts";
import { createSessions } from "./sessions.ts";
import type { AccessStore } from "./store.ts";

export type AccessDeps = {
  readonly store: AccessStore;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Who may do what: keys, tokens, users, sessions, and the audit trail of every change. */
export function createAccess({ store, clock, logger }: AccessDeps) {
  const audit = createAudit(store, clock);
  const ring = createKeyRing({ store, clock, logger });
  const sessions = createSessions({ store, clock });
  const keys = createKeyManagement({ store, audit, clock }, ring);
  const users = createUserManagement({ store, audit, clock }, sessions);
  const { insertKey: _, ...keyFace } = keys;
  return {
    ...keyFace,
    ...users,
    ...createDemoAccess(store, keys, users),
    audit,
    sessions,
    /** Loads the keys and follows changes: own ones at once, those of other processes within a second. */
    start: ring.start,
    stop: ring.stop,
    /** For `createHttpServer`. */
    authenticate: createAuthenticate(ring, sessions),
    /** Identity secret of an active write key by its id; undefined for one that is unknown or revoked. */
    secretOfKey: ring.secretOf,
    /** The source and secrets of a write key, for protocols that carry it inside their messages; undefined when unknown. */
    findWriteKey: (key: string) => {
      const found = ring.find(key);
      return found?.kind === "write" ? found.auth : undefined;
    },
  };
}

export type AccessControl = ReturnType<typeof createAccess>;
