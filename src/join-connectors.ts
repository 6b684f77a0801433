// Sources, imports and destinations join the event path at three places: the door, the outbox, the erasure.
import { join, resolve } from "node:path";
import type { AuditTrail } from "./access/index.ts";
import type { createAudienceRules } from "./audiences/index.ts";
import type { Catalog } from "./catalog/index.ts";
import type { AcceptRequest, AcceptResult, Collect } from "./collect/index.ts";
import type { Config } from "./config.ts";
import {
  createDestinations,
  createHttpClient,
  createImports,
  createSecretBox,
  createSources,
  type DestinationsDeps,
  type EventFormats,
} from "./connectors/index.ts";
import type { UsedBy } from "./definitions/index.ts";
import { type Clock, type Logger, sha256Hex } from "./kernel/index.ts";
import type { PrivacyParticipant } from "./privacy/index.ts";
import type { Profiles } from "./profiles/index.ts";
import type { Engines } from "./storage/index.ts";

type Parts = {
  readonly engines: Engines;
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail;
};

/** The demo forwards to the machine it runs on. */
export function mayBePrivate(config: Config): boolean {
  return config.allowPrivateTargets || config.demo;
}

/** The way out and the secrets, which everything that is connected shares. */
export function createTools(config: Config) {
  return {
    http: createHttpClient({ allowPrivateTargets: mayBePrivate(config) }),
    secrets: createSecretBox({ dataDir: config.dataDir, secretKey: config.secretKey || undefined }),
  };
}

/** "Data connection": made before the event path, which writes its outbox. */
export function joinDestinations(
  parts: Parts & {
    readonly formats: EventFormats;
    readonly rules: ReturnType<typeof createAudienceRules>;
    readonly profiles: () => Profiles;
    readonly audiences: DestinationsDeps["audiences"];
  },
) {
  const { engines, config, clock, logger, audit, formats, rules, audiences } = parts;
  const tools = createTools(config);
  const destinations = createDestinations({
    postgres: engines.postgres,
    clock,
    logger,
    audit,
    ...tools,
    formats,
    allowPrivateTargets: mayBePrivate(config),
    maxBacklogBytes: config.destinationBacklogBytes,
    rules: {
      faultsOf: (rule, prefix) => rules.faultsOf(rule, "tracking_plan", prefix),
      compile: (rule) => rules.compile(rule, { use: "tracking_plan" }),
    },
    audiences,
    consentsOf: (profileIds) => parts.profiles().consentsOf(profileIds),
  });
  return { ...destinations, closeTools: tools.http.close };
}

/** Everything that hands records in: webhooks, files, databases, imports. */
export function joinSources(
  parts: Parts & {
    readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
    readonly collect: Collect;
    readonly catalog: Catalog;
  },
) {
  const { engines, config, clock, logger, audit, accept, collect, catalog } = parts;
  const { postgres, clickhouse } = engines;
  const tools = createTools(config);
  const shared = { postgres, clock, logger, accept };
  const { defaultCurrency, defaultStoreView } = config;
  const sources = createSources({
    ...shared,
    ...tools,
    audit,
    catalog,
    allowPrivateTargets: mayBePrivate(config),
    dropDir: resolve(config.dropDir || join(config.dataDir, "drop")),
    workDir: resolve(config.dataDir, "sources"),
    defaultCurrency,
    defaultStoreView,
  });
  const imports = createImports({
    ...shared,
    clickhouse,
    waiting: async () => (await collect.counts()).pending,
    acceptedSoFar: collect.acceptedSoFar,
    catalog,
    dataDir: config.dataDir,
    defaultCurrency,
    defaultStoreView,
  });
  return {
    sources,
    imports,
    stop: async (): Promise<void> => {
      await sources.stop();
      await imports.stop();
      tools.http.close();
    },
  };
}

/** What connectors remember of persons, for erasures. */
export function connectorParticipants(
  destinations: ReturnType<typeof joinDestinations>,
  { sources }: ReturnType<typeof joinSources>,
): readonly PrivacyParticipant[] {
  return [
    {
      name: "destinations",
      tables: ["destination_outbox", "destination_dead_letters"],
      eraseElsewhere: async ({ person }) => destinations.erase(person.profileIds),
    },
    {
      name: "sources",
      tables: ["connector_records", "connector_runs", "source_records"],
      eraseElsewhere: async ({ person }) =>
        sources.erase(
          person.identifiers.flatMap(({ namespace, value }) =>
            namespace === "email" ? [value, sha256Hex(value)] : [value],
          ),
        ),
    },
  ];
}

/** Destinations that tell of an audience, as its page names its users. */
export function destinationUsers(destinations: Pick<ReturnType<typeof joinDestinations>, "usersOf">): UsedBy {
  return async ({ kind, id, key }) => {
    if (kind !== "audience") return [];
    return (await destinations.usersOf({ id, key })).map(({ destination, path }) => ({
      kind: "destination",
      id: destination.id,
      key: destination.key,
      name: destination.name,
      status: destination.status === "active" ? "live" : "paused",
      isLive: destination.status === "active",
      path,
    }));
  };
}
