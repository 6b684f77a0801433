import Fastify from "fastify";
import { toClienteleError } from "../http/index.ts";
import type { EventsOf } from "../profiles/index.ts";
import { startTestApp, type TestApp } from "./start-test-app.ts";

const start = Date.now() - 3 * 86_400_000;
let count = 0;

/** A name that no other test of the file uses. */
export function unique(name: string): string {
  count += 1;
  return `${name}-${count}`;
}

/** Minutes after a moment three days ago. */
export function at(minutes: number): string {
  return new Date(start + minutes * 60_000).toISOString();
}

export type IdentityApp = Awaited<ReturnType<typeof startIdentityApp>>;

/** The whole program with the identity routes beside it, called as a signed-in person. */
export async function startIdentityApp() {
  const app: TestApp = await startTestApp();
  let eventsOf: EventsOf = app.measurement.eventsOf;
  const identity = app.profiles.createIdentity({
    eventsOf: (identifiers) => eventsOf(identifiers),
    acceptedSoFar: app.collect.acceptedSoFar,
    apply: app.collect.applyPrepared,
  });
  const routes = Fastify();
  routes.addHook("onRequest", async (request) => {
    request.auth = { kind: "token", id: "t", sourceId: "test", scopes: [], actor: "tester", storeViews: null };
  });
  routes.setErrorHandler((error, _request, reply) => {
    const { status, code, message, details } = toClienteleError(error);
    return reply.code(status).send({ error: { id: "1", code, message, details } });
  });
  await routes.register(identity.routes({ audienceName: app.audiences.nameOf }));

  const by = async (namespace: string, value: string) =>
    (await app.call("GET", `/v1/profiles/by/${namespace}/${encodeURIComponent(value)}`)).body;

  return {
    app,
    identity,
    by,
    /** Everything accepted is counted, and what had to be computed anew is. */
    settle: async (): Promise<void> => {
      await app.settle();
      while ((await identity.rebuildPending()) > 0) await app.settle();
    },
    /** Sends each event in a batch of its own. */
    sendInTurn: async (events: readonly object[]): Promise<void> => {
      for (const event of events) {
        await app.sendFromServer([event]);
        await app.settle();
      }
    },
    call: async (method: "GET" | "POST" | "PUT" | "DELETE", url: string, body?: object) => {
      const answer = await routes.inject({ method, url, ...(body ? { payload: body } : {}) });
      return { status: answer.statusCode, body: answer.body === "" ? {} : (answer.json() as Record<string, unknown>) };
    },
    timelineOf: async (profileId: unknown): Promise<readonly string[]> => {
      const { body } = await app.call("GET", `/v1/profiles/${String(profileId)}/events?limit=200`);
      return (body["items"] as { type: string }[]).map((item) => item.type).toSorted();
    },
    /** Puts something between the event store and whoever computes a profile anew. */
    interceptEvents: (wrap: (read: EventsOf) => EventsOf): void => {
      eventsOf = wrap(app.measurement.eventsOf);
    },
    close: async (): Promise<void> => {
      await routes.close();
      await app.close();
    },
  };
}
