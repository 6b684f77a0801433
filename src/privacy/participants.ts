import { createAudiencePrivacyStore, personalAudienceTables } from "../audiences/index.ts";
import { createCollectPrivacyStore, createMentions, type LiveEvents, personalCollectTables } from "../collect/index.ts";
import type { ProfilePrivacy } from "../profiles/index.ts";
import type { Postgres } from "../storage/index.ts";
import type { PrivacyParticipant } from "./participant.ts";
import type { ConsentStore } from "./store-consents.ts";
import type { CorrectionStore } from "./store-corrections.ts";

const lettersPerDelete = 200;
const historyLimit = 100_000;

function createProfilesParticipant(profiles: ProfilePrivacy): PrivacyParticipant {
  return {
    name: "profiles",
    tables: profiles.tables,
    erase: (tx, { person }) => profiles.erase(tx, person),
    forget: profiles.forget,
    exports: profiles.exports,
  };
}

function createAudiencesParticipant(postgres: Postgres): PrivacyParticipant {
  const store = createAudiencePrivacyStore(postgres);
  return {
    name: "audiences",
    tables: personalAudienceTables,
    erase: (tx, { person }) => store.erase(tx, person.profileIds),
    exports: [
      { file: "memberships", rows: ({ profileIds }) => store.memberships(profileIds) },
      { file: "transitions", rows: ({ profileIds }) => store.transitions(profileIds) },
    ],
  };
}

function createCollectParticipant(postgres: Postgres, live: LiveEvents): PrivacyParticipant {
  const store = createCollectPrivacyStore(postgres);
  return {
    name: "dead letters",
    tables: personalCollectTables,
    eraseElsewhere: async ({ person }) => {
      let deleted = 0;
      let ids: string[] = [];
      for await (const { id } of store.lettersWhere(createMentions(person.identifiers))) {
        ids.push(id);
        if (ids.length < lettersPerDelete) continue;
        deleted += await store.deleteLetters(ids);
        ids = [];
      }
      return deleted + (await store.deleteLetters(ids));
    },
    forget: ({ identifiers }) => {
      const mentions = createMentions(identifiers);
      live.forget((entry) => mentions(entry.status === "accepted" ? entry.event : entry.payload));
    },
    exports: [{ file: "dead-letters", rows: ({ identifiers }) => store.lettersWhere(createMentions(identifiers)) }],
  };
}

async function* each(rows: Promise<readonly object[]>): AsyncGenerator<object> {
  yield* await rows;
}

function createConsentsParticipant(store: ConsentStore): PrivacyParticipant {
  return {
    name: "consents",
    tables: ["consent_history"],
    erase: (tx, { person }) => store.erase(tx, person.profileIds),
    exports: [{ file: "consent-history", rows: ({ profileIds }) => each(store.history(profileIds, historyLimit)) }],
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

function createCorrectionsParticipant(store: CorrectionStore): PrivacyParticipant {
  return {
    name: "corrections",
    tables: ["trait_corrections"],
    erase: (tx, { person }) => store.erase(tx, person.profileIds),
    exports: [
      {
        file: "trait-corrections",
        rows: ({ profileIds }) =>
          each(store.list(profileIds, historyLimit).then((rows) => rows.map((row) => ({ ...row, at: iso(row.at) })))),
      },
    ],
  };
}

export type ParticipantDeps = {
  readonly postgres: Postgres;
  readonly profiles: ProfilePrivacy;
  readonly live: LiveEvents;
  readonly consents: ConsentStore;
  readonly corrections: CorrectionStore;
};

/** The capabilities that are always there. */
export function createParticipants({
  postgres,
  profiles,
  live,
  consents,
  corrections,
}: ParticipantDeps): readonly PrivacyParticipant[] {
  return [
    createProfilesParticipant(profiles),
    createAudiencesParticipant(postgres),
    createCollectParticipant(postgres, live),
    createConsentsParticipant(consents),
    createCorrectionsParticipant(corrections),
  ];
}
