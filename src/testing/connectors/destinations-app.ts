import { createAccess, createAccessRoutes, createAccessStore } from "../../access/index.ts";
import { type AcceptRequest, type CanonicalEvent, createCollect } from "../../collect/index.ts";
import {
  createDestinationRoutes,
  createDestinations,
  createHttpClient,
  createSecretBox,
} from "../../connectors/index.ts";
import { createHttpServer } from "../../http/index.ts";
import { ClienteleError, type Clock, createLogger, isObject, newId } from "../../kernel/index.ts";
import type { Consent } from "../../profiles/index.ts";
import { testManager } from "../access-app.ts";
import type { TestEngines } from "../engines.ts";

export const destinationCapabilities = ["access", "collect", "connectors"];

/** Profiles as destinations see them: who an event is about, and what that person said last. */
function createPersons() {
  const idByName = new Map<string, string>();
  const consentsById = new Map<string, Record<string, Consent>>();
  const idOf = (name: string) => {
    const id = idByName.get(name) ?? newId();
    idByName.set(name, id);
    return id;
  };
  return {
    idOf,
    meet: ({ identifiers, context, timestamp: at }: CanonicalEvent): string => {
      const id = idOf(identifiers[0]?.value ?? "");
      const consents = consentsById.get(id) ?? {};
      const said = isObject(context["consent"]) ? context["consent"]["categoryPreferences"] : undefined;
      for (const [category, is] of Object.entries(isObject(said) ? said : {}))
        consents[category] = { status: is ? "granted" : "denied", at, source: "test" };
      consentsById.set(id, consents);
      return id;
    },
    consentsOf: (ids: readonly string[]) =>
      new Map(ids.flatMap((id) => (consentsById.has(id) ? [[id, consentsById.get(id) ?? {}] as const] : []))),
  };
}

/** Shared by all apps of a file: a restart forgets nobody. */
const persons = createPersons();

/** The event path with destinations behind it, and their API. */
export async function startDestinationsApp(
  engines: TestEngines,
  clock: Clock,
  options: { readonly maxBacklogBytes?: number; readonly allowPrivateTargets?: boolean } = {},
) {
  const logger = createLogger("silent");
  const { postgres } = engines;
  const access = createAccess({ store: createAccessStore(postgres), clock, logger });
  await access.start();
  const allowPrivateTargets = options.allowPrivateTargets ?? true;
  const http = createHttpClient({ allowPrivateTargets });
  const destinations = createDestinations({
    postgres,
    clock,
    logger,
    audit: access.audit,
    http,
    secrets: createSecretBox({ dataDir: engines.dataDir, secretKey: "a key of the tests only" }),
    formats: {
      segment: ({ type, messageId }) =>
        type === "unknownThere" ? null : { type: "track", event: type, messageId, anonymousId: "a" },
      xdm: ({ type, messageId }) => ({ _id: messageId, eventType: type }),
    },
    allowPrivateTargets,
    pace: 0.1,
    rules: {
      faultsOf: (rule, prefix) =>
        typeof rule === "object" ? [] : [{ path: prefix, code: "rules.shape", message: "no rule" }],
      compile: (rule) => ({
        test: ({ event }) => JSON.stringify(event?.["properties"]).includes(String((rule as { has: string }).has)),
      }),
    },
    audiences: {
      nameOf: () => undefined,
      find: async (reference) => {
        throw new ClienteleError("definitions.notFound", `there is no audience ${reference}`);
      },
    },
    consentsOf: async (ids) => persons.consentsOf(ids),
    ...(options.maxBacklogBytes === undefined ? {} : { maxBacklogBytes: options.maxBacklogBytes }),
  });
  await destinations.load();
  const collect = createCollect({
    postgres,
    clock,
    logger,
    maxEventAgeMs: 0,
    defaultStoreView: "default",
    maxBacklogBytes: 1e9,
    prepare: async (events) => {
      const write = destinations.observe(events.map((event) => ({ event, profileId: persons.meet(event) })));
      return {
        write: async (tx) => {
          await write?.(tx);
          return true;
        },
        committed: () => undefined,
        abandoned: () => undefined,
        derived: [],
        links: [],
      };
    },
    sink: { encode: () => Buffer.alloc(0), append: async () => undefined },
  });
  await collect.start();

  const app = createHttpServer({
    config: { publicUrl: "https://shop.example", openDiscovery: false },
    logger,
    clock,
    authenticate: access.authenticate,
  });
  app.register(createAccessRoutes({ access, publicUrl: "https://shop.example" }));
  app.register(createDestinationRoutes(destinations));
  const token = await access.createKey(
    { kind: "token", name: `admin ${Math.random()}`, scopes: ["admin"] },
    testManager,
  );
  const reader = await access.createKey(
    { kind: "token", name: `reader ${Math.random()}`, scopes: ["read"] },
    testManager,
  );

  const send = async (events: readonly object[], extra: Partial<AcceptRequest> = {}) => {
    const result = await collect.accept({
      events,
      sentAt: undefined,
      sourceId: "shop",
      sourceKind: "native",
      trusted: false,
      provenCustomerId: null,
      ...extra,
    });
    await collect.settle();
    return result;
  };
  return {
    destinations,
    collect,
    persons,
    send,
    /** One page view for each message id. */
    view: (ids: readonly string[], extra: object = {}) =>
      send(ids.map((messageId) => ({ messageId, type: "pageView", anonymousId: "visitor", ...extra }))),
    call: async (
      method: "GET" | "POST" | "PATCH" | "DELETE",
      url: string,
      body?: unknown,
      key: "admin" | "reader" = "admin",
      headers: Record<string, string> = {},
    ) => {
      const answer = await app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${key === "admin" ? token.key : reader.key}`, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return { status: answer.statusCode, body: answer.body === "" ? null : answer.json(), headers: answer.headers };
    },
    close: async () => {
      await collect.stop();
      await destinations.stop();
      http.close();
      await app.close();
      await access.stop();
    },
  };
}

export type DestinationsApp = Awaited<ReturnType<typeof startDestinationsApp>>;
