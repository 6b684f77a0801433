import type { AuditTrail } from "../access/index.ts";
import { normaliseIdentifier, toStorable } from "../collect/index.ts";
import { ClienteleError, type Clock, decodeTimeCursor, isUuid, newId, type Page, toPage } from "../kernel/index.ts";
import type { Person, ProfilePrivacy } from "../profiles/index.ts";
import type { Actor } from "./data-classes.ts";
import type { ErasureMode, PrivacyRequest, RequestStatus } from "./request.ts";
import type { NewRequest, RequestStore } from "./store.ts";
import type { Suppression } from "./suppression.ts";

export type RequestDeps = {
  readonly store: RequestStore;
  readonly audit: AuditTrail;
  readonly profiles: Pick<ProfilePrivacy, "personOf" | "ownerOf">;
  readonly suppression: Suppression;
  readonly clock: Clock;
};

/** Whom a request is about: a profile, or whoever owns an identifier. */
export type Target =
  | { readonly profileId: string }
  | { readonly identifier: { readonly namespace: string; readonly value: string } };

const suppresses = (mode: ErasureMode): boolean => mode === "suppress" || mode === "delete_and_suppress";

export function createRequests({ store, audit, profiles, suppression, clock }: RequestDeps) {
  const insert = async (request: NewRequest, by: Actor): Promise<PrivacyRequest> => {
    await store.transaction(async (tx) => {
      await store.insert(tx, request);
      await audit.record(tx, {
        ...by,
        action: `profile.${request.mode}`,
        objectKind: "profile",
        objectId: request.profileId ?? request.requestId,
        before: null,
        // Never whom: the audit outlives the person.
        after: { privacyRequest: request.requestId, reason: request.reason },
      });
    });
    return get(request.requestId);
  };

  const get = async (requestId: string): Promise<PrivacyRequest> => {
    const found = isUuid(requestId) ? await store.find(requestId) : undefined;
    if (!found) throw new ClienteleError("privacy.requestNotFound", `no privacy request ${requestId}`);
    return found;
  };

  const identifierOf = (given: { readonly namespace: string; readonly value: string }) => {
    const identifier = normaliseIdentifier(given.namespace, given.value);
    if (!identifier)
      throw new ClienteleError("privacy.identifier", `the value is no identifier of the namespace ${given.namespace}`);
    return { namespace: toStorable(identifier.namespace), value: toStorable(identifier.value) };
  };

  const resolve = async (
    target: Target,
    mode: ErasureMode,
  ): Promise<{ readonly profileId: string | null; readonly person: Person | null }> => {
    if ("profileId" in target) {
      const { profileId } = target;
      const person = isUuid(profileId) ? await profiles.personOf(profileId) : undefined;
      if (!person) throw new ClienteleError("profiles.notFound", `no profile for ${profileId}`);
      return { profileId: person.profileIds[0] ?? profileId, person: null };
    }
    const identifier = identifierOf(target.identifier);
    const profileId = (await profiles.ownerOf(identifier.namespace, identifier.value)) ?? null;
    if (profileId === null && !suppresses(mode))
      throw new ClienteleError("profiles.notFound", `no profile for ${identifier.namespace} of that value`);
    // Who is not known yet can be suppressed all the same.
    return { profileId, person: { profileIds: [], identifiers: [{ ...identifier, validFrom: 0, validTo: null }] } };
  };

  return {
    /**
     * Asks for an erasure; it runs in the background. A second request for a profile that is being erased, or was, answers with the
     * first one.
     *
     * @throws {ClienteleError} `profiles.notFound`, `privacy.identifier`
     */
    create: async (target: Target, mode: ErasureMode, reason: string, by: Actor): Promise<PrivacyRequest> => {
      if ("profileId" in target && isUuid(target.profileId)) {
        const earlier = await store.latestOf(target.profileId);
        const isOpen = earlier && ["initialized", "running", "partial"].includes(earlier.status);
        const isGone = earlier?.status === "finished" && !(await profiles.personOf(target.profileId));
        if (earlier && (isGone || (isOpen && earlier.mode === mode))) return earlier;
      }
      const { profileId, person } = await resolve(target, mode);
      return insert(
        {
          requestId: newId(clock.now()),
          mode,
          profileId,
          person,
          reason,
          requestedBy: by.actor,
          at: clock.now(),
        },
        by,
      );
    },

    get,

    list: async (status: RequestStatus | null, limit: number, cursor?: string): Promise<Page<PrivacyRequest>> => {
      const before = cursor === undefined ? null : decodeTimeCursor(cursor);
      return toPage(await store.list({ status }, limit + 1, before), limit, (row) => [row.createdAt, row.requestId]);
    },

    /** @throws {ClienteleError} `privacy.requestNotFound`, `privacy.requestNotFailed` */
    retry: async (requestId: string, by: Actor): Promise<PrivacyRequest> => {
      await get(requestId);
      await store.transaction(async (tx) => {
        if (!(await store.restart(tx, requestId, clock.now())))
          throw new ClienteleError("privacy.requestNotFailed", `request ${requestId} has not failed`);
        await audit.record(tx, {
          ...by,
          action: "privacy-request.retry",
          objectKind: "privacy-request",
          objectId: requestId,
          before: null,
          after: null,
        });
      });
      return get(requestId);
    },

    /** The person may be known again. @returns whether the identifier was suppressed */
    liftSuppression: async (
      given: { readonly namespace: string; readonly value: string },
      by: Actor,
    ): Promise<boolean> => {
      const { namespace, value } = identifierOf(given);
      await suppression.spread();
      const hash = suppression.hashOf(namespace, value);
      const lifted = await store.transaction(async (tx) => {
        let removed = false;
        // The identifier's own hash is suppressed with it.
        for (const each of suppression.hashesOf({ namespace, value })) {
          const isGone = await suppression.remove(tx, each);
          removed ||= isGone;
        }
        await audit.record(tx, {
          ...by,
          action: "suppression.lift",
          objectKind: "suppression",
          objectId: hash,
          before: null,
          after: null,
        });
        return removed;
      });
      await suppression.spread();
      return lifted;
    },
  };
}

export type Requests = ReturnType<typeof createRequests>;
