import type { Sql } from "../storage/index.ts";
import { createIdentityGraph } from "./identity-graph.ts";
import { identifierKey } from "./identity-message.ts";
import type { ProfileState } from "./profile.ts";
import type { ProfileCache } from "./profile-cache.ts";
import { type Person, type ProfilePrivacyStore, personalProfileTables } from "./store-privacy.ts";

async function* just(row: object | undefined): AsyncGenerator<object> {
  if (row) yield row;
}

async function* each(rows: Iterable<object>): AsyncGenerator<object> {
  yield* rows;
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The profile side of privacy requests: what is known of a person, its deletion, and forgetting it in memory. */
export function createProfilePrivacy(
  store: ProfilePrivacyStore,
  cache: ProfileCache,
  eraseEvidence: (tx: Sql, keys: readonly string[], profileIds: readonly string[]) => Promise<void>,
) {
  const stateOf = async ({ profileIds }: Person) => {
    const [survivor] = profileIds;
    return survivor === undefined ? undefined : store.state(survivor);
  };

  async function* profile(person: Person): AsyncGenerator<object> {
    const found = await stateOf(person);
    if (!found) return;
    const [profileId, ...mergedFrom] = person.profileIds;
    const { attributes: _attributes, orders: _orders, consents: _consents, ...state } = found.state;
    yield* just({ profileId, mergedFrom, createdAt: iso(found.createdAt), ...state });
  }

  async function* attributes(person: Person): AsyncGenerator<object> {
    const found = await stateOf(person);
    yield* each(
      Object.entries(found?.state.attributes ?? {}).map(([name, attribute]) => ({
        name,
        ...attribute,
        at: iso(attribute.at),
      })),
    );
  }

  async function* orders(person: Person): AsyncGenerator<object> {
    const found = await stateOf(person);
    yield* each(found?.state.orders ?? []);
  }

  async function* consents(person: Person): AsyncGenerator<object> {
    const found = await stateOf(person);
    yield* each(
      Object.entries(found?.state.consents ?? {}).map(([category, consent]) => ({
        category,
        ...consent,
        at: iso(consent.at),
      })),
    );
  }

  return {
    personOf: store.personOf,
    ownerOf: store.ownerOf,
    inactiveAnonymous: store.inactiveAnonymous,
    countInactiveAnonymous: store.countInactiveAnonymous,
    withOldAttribute: store.withOldAttribute,
    sampleStates: store.sampleStates,
    /** Consents by category or `category:channel`; empty for a person who has said nothing. */
    consentsOf: async (person: Person): Promise<ProfileState["consents"]> =>
      (await stateOf(person))?.state.consents ?? {},
    /** Written attributes by name, in snake_case; empty for a person of whom nothing was written. */
    attributesOf: async (person: Person): Promise<ProfileState["attributes"]> =>
      (await stateOf(person))?.state.attributes ?? {},
    tables: personalProfileTables,
    /** May be repeated. @returns rows deleted */
    erase: async (tx: Sql, person: Person): Promise<number> => {
      await eraseEvidence(tx, person.identifiers.map(identifierKey), person.profileIds);
      return store.erase(tx, person);
    },
    /** After it a read comes from the database. */
    forget: ({ profileIds, identifiers }: Person): void => {
      const graph = createIdentityGraph([], [], new Set());
      for (const id of profileIds) graph.merged.set(id, id);
      for (const identifier of identifiers) graph.linksByKey.set(identifierKey(identifier), []);
      cache.forget(graph);
    },
    exports: [
      { file: "profile", rows: profile },
      { file: "attributes", rows: attributes },
      { file: "orders", rows: orders },
      { file: "consents", rows: consents },
      {
        file: "identifiers",
        rows: ({ identifiers }: Person) =>
          each(identifiers.map((id) => ({ ...id, validFrom: iso(id.validFrom), validTo: iso(id.validTo) }))),
      },
      { file: "identity-history", rows: store.identityHistory },
      {
        file: "identity-evidence",
        rows: ({ identifiers }: Person) => store.evidence(identifiers.map(identifierKey)),
      },
    ],
  };
}

export type ProfilePrivacy = ReturnType<typeof createProfilePrivacy>;
