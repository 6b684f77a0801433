// Changes that a person asks for, by hand: traits and consents. They go the way of every event, so that merge rules, audiences and
// other systems see them, with the source "admin".
import type { AuditTrail } from "../access/index.ts";
import { type AcceptRequest, type AcceptResult, namespaceOf } from "../collect/index.ts";
import { ClienteleError, type Clock, type JsonObject, newId } from "../kernel/index.ts";
import type { EventStorePrivacy } from "../measurement/index.ts";
import type { PersonIdentifier, ProfilePrivacy } from "../profiles/index.ts";
import type { Actor } from "./data-classes.ts";
import { createTraitRectification, type KnownPerson } from "./rectify-traits.ts";
import type { RequestStore } from "./store.ts";
import type { ConsentStore } from "./store-consents.ts";
import type { CorrectionStore } from "./store-corrections.ts";

export type RectifyDeps = {
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly audit: AuditTrail;
  readonly store: Pick<RequestStore, "transaction">;
  readonly profiles: Pick<ProfilePrivacy, "personOf" | "consentsOf" | "attributesOf">;
  readonly consents: ConsentStore;
  readonly corrections: CorrectionStore;
  readonly events: EventStorePrivacy;
  readonly clock: Clock;
};

export type ConsentInput = {
  readonly category: string;
  readonly channel?: string | undefined;
  readonly status: "granted" | "denied";
};
export type ConsentOrigin = {
  readonly textVersion?: string | undefined;
  readonly proof?: string | undefined;
  readonly expiresAt?: string | undefined;
};

const sourceId = "admin";
const historyLimit = 200;

/** The strongest identifier that is the person's now: an event with it alone reaches this profile and links nothing. */
function strongest(identifiers: readonly PersonIdentifier[]): PersonIdentifier | undefined {
  return identifiers
    .filter(({ validTo }) => validTo === null)
    .toSorted((a, b) => namespaceOf(a.namespace).priority - namespaceOf(b.namespace).priority)[0];
}

const given = <T extends object>(fields: T): JsonObject =>
  // Texts and booleans only.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;

export function createRectification(deps: RectifyDeps) {
  const { accept, audit, store, profiles, consents, corrections, events, clock } = deps;

  const personOf = async (profileId: string): Promise<KnownPerson> => {
    const person = await profiles.personOf(profileId);
    const [survivor] = person?.profileIds ?? [];
    if (!person || survivor === undefined) throw new ClienteleError("profiles.notFound", `no profile for ${profileId}`);
    return { ...person, profileId: survivor };
  };

  const send = async (
    person: KnownPerson,
    event: { readonly type: string; readonly properties: JsonObject; readonly context: JsonObject },
  ): Promise<string> => {
    const identifier = strongest(person.identifiers);
    if (!identifier)
      throw new ClienteleError("privacy.noIdentifier", `profile ${person.profileId} has no identifier of its own`);
    const messageId = `admin-${newId(clock.now())}`;
    const { namespace, value } = identifier;
    const result = await accept({
      events: [{ messageId, ...event, timestamp: clock.now(), identifiers: [{ namespace, value }], verified: true }],
      sentAt: undefined,
      sourceId,
      sourceKind: "connector",
      trusted: true,
      provenCustomerId: null,
    });
    const [rejected] = result.rejected;
    if (rejected) throw new ClienteleError("privacy.refused", `the change was refused: ${rejected.code}`);
    if (result.accepted === 0)
      throw new ClienteleError("privacy.refused", "the change was dropped at the door: the person is suppressed");
    return messageId;
  };

  const audited = (by: Actor, action: string, profileId: string, after: object): Promise<void> =>
    store.transaction((tx) =>
      audit.record(tx, { ...by, action, objectKind: "profile", objectId: profileId, before: null, after }),
    );

  return {
    ...createTraitRectification({ personOf, send, audit, store, profiles, corrections, events, clock }),

    /** Consents as they are, and how they came to be, newest first, at most 200 changes. */
    readConsents: async (profileId: string) => {
      const person = await personOf(profileId);
      return {
        profileId: person.profileId,
        consents: await profiles.consentsOf(person),
        history: await consents.history(person.profileIds, historyLimit),
      };
    },

    /** Records decisions of the person; in force everywhere within five seconds. @throws {ClienteleError} `profiles.notFound`, `privacy.noIdentifier`, `privacy.refused` */
    writeConsents: async (
      profileId: string,
      decisions: readonly ConsentInput[],
      origin: ConsentOrigin,
      by: Actor,
    ): Promise<{ readonly messageId: string }> => {
      const person = await personOf(profileId);
      const categoryPreferences: Record<string, boolean> = {};
      const channels: Record<string, Record<string, boolean>> = {};
      for (const { category, channel, status } of decisions) {
        const granted = status === "granted";
        if (channel === undefined) categoryPreferences[category] = granted;
        else channels[category] = { ...channels[category], [channel]: granted };
      }
      const consent = { ...given(origin), categoryPreferences, channels, source: by.actor.slice(0, 200) };
      const messageId = await send(person, { type: "consentUpdated", properties: {}, context: { consent } });
      await audited(by, "profile.consents", person.profileId, { decisions, ...origin, messageId });
      return { messageId };
    },
  };
}

export type Rectification = ReturnType<typeof createRectification>;
