import { fileURLToPath } from "node:url";
import {
  createAccess,
  createAccessRoutes,
  createAccessStore,
  createReadLog,
  demoCredentials,
} from "../../access/index.ts";
import { createCollect, createCollectRoutes } from "../../collect/index.ts";
import { createHttpServer } from "../../http/index.ts";
import { type Clock, createLogger, newId } from "../../kernel/index.ts";
import { createEventStorePrivacy, createMeasurement } from "../../measurement/index.ts";
import { createPrivacy, createPrivacyDoor, type PrivacyParticipant, type RetentionDays } from "../../privacy/index.ts";
import { createProfiles } from "../../profiles/index.ts";
import { migrate, openEngines } from "../../storage/index.ts";
import { openTestEngines, type TestEngineOptions, type TestEngines } from "../engines.ts";

export type PrivacyAppOptions = {
  readonly clock: Clock;
  readonly participants?: readonly PrivacyParticipant[];
  readonly retention?: Partial<RetentionDays>;
  /** False: an erasure deletes rows and leaves their bytes, as on a server; a second faster for tests of anything else. Default true. */
  readonly erasesBytes?: boolean;
};

const capabilities = ["access", "collect", "profiles", "audiences", "measurement", "privacy"] as const;

/** Both embedded engines on a data directory that stays. */
export async function openPrivacyEnginesAt(dataDir: string): Promise<TestEngines> {
  const settings = {
    dataDir,
    postgresUrl: "",
    clickhouseUrl: "",
    clickhouseCluster: "",
    durability: "process",
  } as const;
  const engines = await openEngines(settings, createLogger("silent"));
  await migrate(
    engines,
    capabilities.map((capability) => fileURLToPath(new URL(`../../${capability}/migrations`, import.meta.url))),
  );
  return { ...engines, dataDir };
}

export const openPrivacyEngines = (options: TestEngineOptions = {}): Promise<TestEngines> =>
  openTestEngines(capabilities, options);

/** Event path, profiles, event store and privacy on real engines, without the rest of the program. */
export async function startPrivacyApp(engines: TestEngines, options: PrivacyAppOptions) {
  const { clickhouse } = engines;
  const erasesBytes = options.erasesBytes ?? true;
  const postgres = erasesBytes ? engines.postgres : { ...engines.postgres, scrub: async () => undefined };
  const events = createEventStorePrivacy({ clickhouse, cluster: "" });
  const { clock } = options;
  const logger = createLogger(process.env["CLIENTELE_TEST_LOG"] ?? "silent");
  const access = createAccess({ store: createAccessStore(postgres), clock, logger });
  await access.start();
  await access.ensureDemoAccess();
  const door = createPrivacyDoor({ postgres, clock, logger });
  const measurement = createMeasurement({ clickhouse, logger, parentOf: () => undefined });
  const profiles = createProfiles({
    postgres,
    clock,
    logger,
    fold: { parentOf: () => undefined, applyLeaves: (leaves) => leaves, currency: "EUR" },
    reevaluate: () => ({ byProfile: new Map(), write: async () => undefined, derived: [] }),
    observe: door.observe,
  });
  const collect = createCollect({
    postgres,
    clock,
    logger,
    maxEventAgeMs: 10 * 365 * 86_400_000,
    defaultStoreView: "default",
    door: door.checks,
    cleanRejected: door.cleanRejected,
    maxBacklogBytes: 64 * 1024 ** 2,
    prepare: profiles.prepare,
    sink: measurement.sink,
  });
  const readLog = createReadLog({ audit: access.audit, clock, logger });
  const privacy = createPrivacy({
    postgres,
    clock,
    logger,
    door,
    audit: access.audit,
    readLog,
    profiles: profiles.privacy,
    events: erasesBytes ? events : { ...events, replacedParts: async () => 0 },
    accept: collect.accept,
    acceptedSoFar: collect.acceptedSoFar,
    live: collect.live,
    flushExposures: measurement.flushExposures,
    changeStates: async (ids, change) => {
      const batchId = newId(clock.now());
      return collect.applyPrepared(await profiles.prepareReevaluation(ids, batchId, change), batchId);
    },
    ...(options.participants ? { participants: options.participants } : {}),
    ...(options.retention ? { retention: options.retention } : {}),
  });
  await privacy.start();
  await collect.start();

  const server = createHttpServer({
    config: { publicUrl: "http://localhost", openDiscovery: false },
    logger,
    clock,
    authenticate: access.authenticate,
    trustProxy: false,
  });
  privacy.watchReads(server);
  await server.register(createAccessRoutes({ access, publicUrl: "http://localhost" }));
  await server.register(
    createCollectRoutes({
      accept: collect.accept,
      deadLetters: collect.deadLetters,
      live: collect.live,
      provenCustomerId: () => null,
    }),
  );
  await server.register(
    profiles.routes({
      now: clock.now,
      traitsOf: () => ({}),
      audienceName: () => undefined,
      timeline: measurement.timeline,
    }),
  );
  await server.register(privacy.routes());
  await server.ready();

  const call = async (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    body?: unknown,
    key: string = demoCredentials.token,
  ) => {
    const answer = await server.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const isJson = String(answer.headers["content-type"] ?? "").includes("json");
    return {
      status: answer.statusCode,
      body: (isJson && answer.body !== "" ? answer.json() : {}) as Record<string, never>,
      raw: answer.rawPayload,
    };
  };
  const send = async (events: readonly object[], key: string = demoCredentials.writeKey) => {
    const { status, body } = await call("POST", "/v1/events", { events }, key);
    if (status !== 200) throw new Error(`events answered ${status}: ${JSON.stringify(body)}`);
    return body as unknown as { accepted: number; duplicates: number; rejected: { code: string }[] };
  };

  let people = 0;
  const sendFromServer = (events: readonly object[]) => send(events, demoCredentials.token);
  const profileBy = async (namespace: string, value: string) =>
    (await call("GET", `/v1/profiles/by/${namespace}/${encodeURIComponent(value)}`)) as {
      status: number;
      body: Record<string, unknown>;
    };

  return {
    access,
    door,
    measurement,
    profiles,
    collect,
    privacy,
    readLog,
    call,
    send,
    /** As the shop's back office does. */
    sendFromServer,
    settle: collect.settle,
    /** The profile of an identifier, as the API answers it. */
    profileBy,
    /** A customer with a device whom nobody knew before, and the profile's id. */
    aCustomer: async (traits: object = { firstName: "Ada" }) => {
      people += 1;
      const customerId = `customer-${people}`;
      const anonymousId = `device-${people}`;
      const email = `person-${people}@example.com`;
      await sendFromServer([{ type: "profileRecord", customerId, anonymousId, email, traits }]);
      await collect.settle();
      const { body } = await profileBy("user_id", customerId);
      return { customerId, anonymousId, email, profileId: String(body["profileId"]) };
    },
    /** A privacy request, as the API answers it. */
    requestOf: async (id: unknown) =>
      (await call("GET", `/v1/privacy/requests/${String(id)}`)).body as Record<string, unknown>,
    countEvents: async (where: string) => {
      const rows = await clickhouse.query<{ n: number }>(`select count() as n from events final where ${where}`);
      return Number(rows[0]?.n);
    },
    close: async () => {
      await server.close();
      await collect.stop();
      await privacy.stop();
      await measurement.close();
      await access.stop();
    },
  };
}

export type PrivacyApp = Awaited<ReturnType<typeof startPrivacyApp>>;
