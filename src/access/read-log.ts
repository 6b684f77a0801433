// Who read which profile. A read must not wait for the audit's lock, so reads are gathered and appended to its chain once a second.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Clock, isObject, type Logger } from "../kernel/index.ts";
import type { AuditTrail } from "./audit.ts";
import type { PastAuditInput } from "./audit-entry.ts";

const flushMs = 1_000;
const flushAt = 500;
/** Beyond it, while the audit cannot be written, a read waits: what cannot be recorded is not shown. */
const maxWaiting = 5_000;
const maxIdsPerRead = 200;

export type ReadLogDeps = { readonly audit: AuditTrail; readonly clock: Clock; readonly logger: Logger };

/** Profiles of an answer: one, or the rows of a list. */
function profileIdsIn(payload: unknown): readonly string[] {
  if (!isObject(payload)) return [];
  const { profileId, items } = payload;
  if (typeof profileId === "string") return [profileId];
  if (!Array.isArray(items)) return [];
  return items
    .slice(0, maxIdsPerRead)
    .flatMap((item: unknown) => (isObject(item) && typeof item["profileId"] === "string" ? [item["profileId"]] : []));
}

function idOfPath(request: FastifyRequest): readonly string[] {
  const { params } = request;
  const id = isObject(params) ? params["id"] : undefined;
  return typeof id === "string" ? [id] : [];
}

/**
 * Records reads of profiles in the audit trail: actor, time, profile, path; never what was read.
 *
 * `watch` must be called before the routes it watches are registered. `close` writes what waits.
 */
export function createReadLog({ audit, clock, logger }: ReadLogDeps) {
  let waiting: PastAuditInput[] = [];
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const entries = waiting.slice(0, flushAt);
      await audit.recordPast(entries);
      waiting = waiting.slice(entries.length);
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const written = writing.then(write);
    writing = written.catch((error: unknown) => {
      logger.error({ err: error, reads: waiting.length }, "reads of profiles could not be recorded, will be repeated");
      timer ??= setTimeout(flushLater, flushMs);
    });
    return written;
  };
  const flushLater = (): void => {
    // Reported where `writing` is made.
    flush().catch(() => undefined);
  };

  const record = async (request: FastifyRequest, profileIds: readonly string[], path: string): Promise<void> => {
    const { auth, id } = request;
    for (const profileId of profileIds) {
      waiting.push({
        atMs: clock.now(),
        actor: auth.actor,
        via: auth.kind === "session" ? "ui" : "api",
        action: "profile.read",
        objectKind: "profile",
        objectId: profileId,
        before: null,
        after: { path },
        requestId: id,
      });
    }
    if (waiting.length >= maxWaiting) await flush();
    else if (waiting.length >= flushAt) flushLater();
    else timer ??= setTimeout(flushLater, flushMs);
  };

  return {
    /** Records every successful GET below `/v1/profiles` of the routes that are registered after this call. */
    watch: (server: FastifyInstance): void => {
      server.addHook("onRoute", (route) => {
        const isRead = [route.method].flat().includes("GET") && /^\/v1\/profiles(\/|$)/.test(route.url);
        if (!isRead) return;
        const { url } = route;
        const hook = async (request: FastifyRequest, reply: { readonly statusCode: number }, payload: unknown) => {
          if (reply.statusCode < 300) {
            const own = profileIdsIn(payload);
            await record(request, own.length > 0 ? own : idOfPath(request), url);
          }
          return payload;
        };
        route.preSerialization = [hook, ...[route.preSerialization ?? []].flat()];
      });
    },
    flush,
    close: async (): Promise<void> => {
      await flush();
      clearTimeout(timer);
    },
  };
}

export type ReadLog = ReturnType<typeof createReadLog>;
