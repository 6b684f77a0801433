// Traits that people change by hand. A change goes the way of every event; beside it a correction keeps what stood there before, who
// changed it and why, so that it can be shown and taken back. The audit trail is never erased, so it names traits, not values.
import type { AuditTrail } from "../access/index.ts";
import { toStorableText } from "../collect/index.ts";
import { ClienteleError, type Clock, isObject, type JsonObject, type JsonValue, newId } from "../kernel/index.ts";
import type { EventStorePrivacy } from "../measurement/index.ts";
import { maxAttributeBytes, type Person, type ProfilePrivacy, toSnakeCase } from "../profiles/index.ts";
import { cleanRejected } from "./card-check.ts";
import type { Actor } from "./data-classes.ts";
import type { RequestStore } from "./store.ts";
import type { Correction, CorrectionStore } from "./store-corrections.ts";

export type KnownPerson = Person & { readonly profileId: string };
export type RectifyTraitsDeps = {
  readonly personOf: (profileId: string) => Promise<KnownPerson>;
  readonly send: (
    person: KnownPerson,
    event: { readonly type: string; readonly properties: JsonObject; readonly context: JsonObject },
  ) => Promise<string>;
  readonly audit: AuditTrail;
  readonly store: Pick<RequestStore, "transaction">;
  readonly profiles: Pick<ProfilePrivacy, "attributesOf">;
  readonly corrections: CorrectionStore;
  readonly events: EventStorePrivacy;
  readonly clock: Clock;
};

export type Corrected = {
  readonly messageId: string;
  readonly correctionId: string;
  /** Traits whose merge rule does not take the latest write: another source's value may stay. */
  readonly ruledOtherwise: readonly string[];
};

const historyLimit = 200;

/** Order of keys is no difference. */
function sameValue(a: JsonValue, b: JsonValue): boolean {
  const sorted = (value: JsonValue): string =>
    JSON.stringify(value, (_key, each: unknown) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
        : each,
    );
  return sorted(a) === sorted(b);
}

/** As the door stores it: without card numbers and without characters that an engine refuses. */
function asStored(traits: JsonObject, reason: string): { readonly traits: JsonObject; readonly reason: string } {
  // The same shape as before, with other texts.
  const cleaned = JSON.parse(toStorableText(JSON.stringify(cleanRejected({ traits, reason })))) as {
    readonly traits: JsonObject;
    readonly reason: string;
  };
  for (const [name, value] of Object.entries(cleaned.traits))
    if (JSON.stringify(value).length > maxAttributeBytes)
      throw new ClienteleError(
        "privacy.refused",
        `${name} is larger than the ${maxAttributeBytes} characters of a trait`,
      );
  return cleaned;
}

/** Traits of an event under the names they have in the profile. */
function inSnakeCase(traits: unknown): object {
  return isObject(traits)
    ? Object.fromEntries(Object.entries(traits).map(([name, value]) => [toSnakeCase(name), value]))
    : {};
}

function correctionJson(
  { correctionId, at, actor, reason, undoes, messageId }: Correction,
  all: readonly Correction[],
) {
  return {
    correctionId,
    messageId,
    at: new Date(at).toISOString(),
    type: "profileRecord",
    sourceId: "admin",
    actor,
    reason,
    ...(undoes === null ? {} : { undoes }),
    traits: Object.fromEntries(all.map(({ trait, newValue }) => [trait, newValue])),
    previous: Object.fromEntries(all.map(({ trait, oldValue }) => [trait, oldValue])),
  };
}

export function createTraitRectification(deps: RectifyTraitsDeps) {
  const { personOf, profiles, corrections, clock } = deps;

  const write = async (
    person: KnownPerson,
    given: JsonObject,
    why: string,
    by: Actor,
    undoes: string | null,
  ): Promise<Corrected> => {
    const { traits, reason } = asStored(given, why);
    const known = await profiles.attributesOf(person);
    const attributeOf = (trait: string) => (Object.hasOwn(known, trait) ? known[trait] : undefined);
    const messageId = await deps.send(person, { type: "profileRecord", properties: { traits }, context: {} });
    const at = clock.now();
    const correctionId = newId(at);
    // Two spellings of one trait: the later one counts, as in the profile.
    const valueByTrait = new Map(Object.entries(traits).map(([name, value]) => [toSnakeCase(name), value]));
    await deps.store.transaction(async (tx) => {
      await corrections.append(
        tx,
        [...valueByTrait].map(([trait, newValue]) => ({
          correctionId,
          profileId: person.profileId,
          trait,
          oldValue: attributeOf(trait)?.value ?? null,
          newValue,
          reason,
          actor: by.actor,
          at,
          messageId,
          undoes,
        })),
      );
      await deps.audit.record(tx, {
        ...by,
        action: undoes === null ? "profile.traits" : "profile.traitsUndone",
        objectKind: "profile",
        objectId: person.profileId,
        before: null,
        after: { traits: Object.keys(traits), messageId, ...(undoes === null ? {} : { undoes }) },
      });
    });
    const isRuledOtherwise = (trait: string) => (attributeOf(trait)?.policy ?? "latest") !== "latest";
    return { messageId, correctionId, ruledOtherwise: [...valueByTrait.keys()].filter(isRuledOtherwise) };
  };

  return {
    /**
     * Writes traits; in the profile within a second. Null removes one: no earlier or late event brings it back.
     *
     * @throws {ClienteleError} `profiles.notFound`, `privacy.noIdentifier`, `privacy.refused`
     */
    writeTraits: async (profileId: string, traits: JsonObject, reason: string, by: Actor): Promise<Corrected> =>
      write(await personOf(profileId), traits, reason, by, null),

    /**
     * Writes what stood there before a correction.
     *
     * @throws {ClienteleError} `privacy.correctionNotFound`; `privacy.changedSince` when one of its traits has another value now;
     * as `writeTraits`
     */
    undoTraits: async (profileId: string, correctionId: string, reason: string, by: Actor): Promise<Corrected> => {
      const person = await personOf(profileId);
      const corrected = await corrections.find(person.profileIds, correctionId);
      if (corrected.length === 0)
        throw new ClienteleError("privacy.correctionNotFound", `profile ${person.profileId} has no such correction`);
      const known = await profiles.attributesOf(person);
      const changed = corrected.filter(({ trait, newValue }) => {
        const now = Object.hasOwn(known, trait) ? (known[trait]?.value ?? null) : null;
        return !sameValue(now, newValue);
      });
      if (changed.length > 0)
        throw new ClienteleError(
          "privacy.changedSince",
          `written again since: ${changed.map(({ trait }) => trait).join(", ")}; correct them themselves`,
        );
      const traits = Object.fromEntries(corrected.map(({ trait, oldValue }) => [trait, oldValue]));
      return write(person, traits, reason, by, correctionId);
    },

    /** Writes of traits by every source, and corrections with what they replaced, newest first, at most 200. */
    traitHistory: async (profileId: string): Promise<readonly object[]> => {
      const person = await personOf(profileId);
      const [rows, own] = await Promise.all([
        deps.events.traitChanges(person, historyLimit),
        corrections.list(person.profileIds, historyLimit),
      ]);
      const byMessage = new Map<string, Correction[]>();
      for (const each of own) byMessage.set(each.messageId, [...(byMessage.get(each.messageId) ?? []), each]);
      const events = rows
        // What a correction tells, the event that carried it only repeats.
        .filter((row) => !byMessage.has(String(row["event_id"])))
        .map((row) => ({
          at: new Date(Number(row["at"])).toISOString(),
          messageId: row["event_id"],
          type: row["event_type"],
          sourceId: row["source_id"],
          traits: inSnakeCase(JSON.parse(String(row["traits"]))),
        }));
      const corrected = [...byMessage.values()].flatMap((all) => (all[0] ? [correctionJson(all[0], all)] : []));
      return [...events, ...corrected].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, historyLimit);
    },
  };
}
