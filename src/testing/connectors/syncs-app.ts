import { createAccess, createAccessStore } from "../../access/index.ts";
import { createAudienceSyncRoutes, createAudienceSyncs } from "../../activation/index.ts";
import { createHttpClient, createSecretBox } from "../../connectors/index.ts";
import { createHttpServer } from "../../http/index.ts";
import { ClienteleError, type Clock, createLogger, newId } from "../../kernel/index.ts";
import { type Consent, emptyState, type OwnedIdentifier, type ProfileState } from "../../profiles/index.ts";
import { testManager } from "../access-app.ts";
import type { TestEngines } from "../engines.ts";

export const syncCapabilities = ["access", "connectors", "activation"];
export const testAudience = { id: "0190aaaa-0000-7000-8000-000000000001", key: "vip", name: "VIP" } as const;

export type TestPerson = {
  readonly profileId: string;
  readonly isMember: boolean;
  readonly identifiers: readonly { readonly namespace: string; readonly value: string }[];
  readonly consents: Readonly<Record<string, "granted" | "denied">>;
};

const since = Date.UTC(2026, 0, 1);
const owned = (each: TestPerson["identifiers"][number]): OwnedIdentifier => ({
  ...each,
  validFrom: 0,
  validTo: null,
  verified: true,
});

function stateOf({ isMember, consents }: TestPerson): ProfileState {
  return {
    ...emptyState(since),
    memberships: isMember ? { [testAudience.id]: { since, version: 3 } } : {},
    consents: Object.fromEntries(
      Object.entries(consents).map(([name, status]): [string, Consent] => [
        name,
        { status, at: since, source: "test" },
      ]),
    ),
  };
}

/** Persons of one audience, outside every app: a restart forgets nobody. */
export function createTestPersons() {
  const persons = new Map<string, TestPerson>();
  const suppressed = new Set<string>();
  return {
    persons,
    suppressed,
    of: (ids: readonly string[]) => ids.flatMap((id) => persons.get(id) ?? []),
    members: () => [...persons.values()].filter(({ isMember }) => isMember),
    /** Members with an e-mail address `<name>@example.com` and a customer number, who agreed to marketing. */
    add: (names: readonly string[], more: Partial<TestPerson> = {}): readonly string[] =>
      names.map((name) => {
        const profileId = newId();
        const identifiers = [
          { namespace: "email", value: `${name}@example.com` },
          { namespace: "user_id", value: name },
        ];
        persons.set(profileId, { profileId, isMember: true, identifiers, consents: { marketing: "granted" }, ...more });
        return profileId;
      }),
  };
}
export type TestPersons = ReturnType<typeof createTestPersons>;

/** Audience syncs with their API, over persons that the test makes up. */
export async function startSyncsApp(engines: TestEngines, clock: Clock, all: TestPersons) {
  const logger = createLogger(process.env["CLIENTELE_TEST_LOG"] ?? "silent");
  const { postgres } = engines;
  const access = createAccess({ store: createAccessStore(postgres), clock, logger });
  await access.start();
  const http = createHttpClient({ allowPrivateTargets: true });
  const reads = { most: 0 };
  const meanwhile: { planned?: () => void } = {};
  const syncs = createAudienceSyncs({
    postgres,
    clock,
    logger,
    audit: access.audit,
    http,
    secrets: createSecretBox({ dataDir: engines.dataDir, secretKey: "a key of the tests only" }),
    allowPrivateTargets: true,
    dropDir: `${engines.dataDir}/drop`,
    pace: 0.05,
    people: {
      stored: async (ids) => {
        reads.most = Math.max(reads.most, ids.length);
        return all.of(ids).map((person) => ({ profileId: person.profileId, state: stateOf(person) }));
      },
      linksOf: async (ids) =>
        all.of(ids).flatMap(({ profileId, identifiers }) => identifiers.map((each) => ({ profileId, ...owned(each) }))),
    },
    audiences: {
      membersOf: async (_id, after, limit) =>
        all
          .members()
          .filter(({ profileId }) => after === null || profileId > after)
          .toSorted((a, b) => (a.profileId < b.profileId ? -1 : 1))
          .slice(0, limit + 1),
      sizeOf: async () => all.members().length,
      nameOf: () => {
        meanwhile.planned?.();
        return testAudience;
      },
      find: async (reference) => {
        if (reference === testAudience.id || reference === testAudience.key) return testAudience;
        throw new ClienteleError("definitions.notFound", `there is no audience ${reference}`);
      },
    },
    isSuppressed: ({ value }) => all.suppressed.has(value),
  });
  await syncs.load();
  const app = createHttpServer({
    config: { publicUrl: "https://shop.example", openDiscovery: false },
    logger,
    clock,
    authenticate: access.authenticate,
  });
  app.register(createAudienceSyncRoutes(syncs));
  const tokens = {
    admin: await access.createKey({ kind: "token", name: `a ${Math.random()}`, scopes: ["admin"] }, testManager),
    reader: await access.createKey({ kind: "token", name: `r ${Math.random()}`, scopes: ["read"] }, testManager),
  };
  const call = async (
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    body?: unknown,
    key: keyof typeof tokens = "admin",
  ) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${tokens[key].key}` },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
  };
  return {
    syncs,
    call,
    /** Most profiles that were read at once. */
    reads,
    /** What happens between the planning of changes and their telling. */
    meanwhile,
    /** What the event path does with profiles that have changed. */
    change: async (profileIds: readonly string[], merged: ReadonlyMap<string, string> = new Map()): Promise<void> => {
      const batch = syncs.watch((changed) => ({
        byProfile: new Map(
          changed.map(({ profileId, state }) => [profileId, { memberships: state.memberships, nextChangeAt: null }]),
        ),
        write: async () => undefined,
        derived: changed.map(({ profileId }) => ({
          profileId,
          event: {
            messageId: newId(),
            sourceId: "clientele",
            sourceKind: "server",
            type: "audienceEntered",
            originalName: "audienceEntered",
            timestamp: since,
            receivedAt: since,
            identifiers: [],
            verified: true,
            storeView: "default",
            properties: { audienceId: testAudience.id },
            context: {},
            extra: {},
            flags: [],
          },
        })),
      }))(
        all.of(profileIds).map((person) => ({
          profileId: person.profileId,
          createdAt: since,
          state: stateOf(person),
          identifiers: person.identifiers.map(owned),
        })),
        merged,
        newId(),
      );
      await postgres.transaction((tx) => batch.write(tx));
    },
    close: async () => {
      await syncs.stop();
      http.close();
      await app.close();
      await access.stop();
    },
  };
}
export type SyncsApp = Awaited<ReturnType<typeof startSyncsApp>>;
