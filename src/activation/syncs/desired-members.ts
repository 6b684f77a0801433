// Who belongs into the copy of an audience, and as what: members with the consent that the sync asks for, by the identifiers that
// it may tell. Pure.
import { namespaceOf } from "../../collect/index.ts";
import { type ConsentStates, isConsentDenied } from "../../connectors/index.ts";
import type { OwnedIdentifier } from "../../profiles/index.ts";
import { hashIdentifier } from "../exports/hash-identifier.ts";
import type { IdentifierChoice, SyncConfig } from "./sync.ts";

/** A profile as the database has it. */
export type Person = {
  readonly profileId: string;
  readonly membership: { readonly since: number; readonly version: number } | undefined;
  readonly consents: ConsentStates;
  readonly identifiers: readonly OwnedIdentifier[];
};

/** An identifier that belongs into the copy. */
export type DesiredMember = {
  readonly namespace: string;
  readonly value: string;
  readonly profileId: string;
  readonly since: number;
  readonly version: number;
};

export type IsSuppressed = (identifier: { readonly namespace: string; readonly value: string }) => boolean;

/** Longer ones are no key in the databases that take them. */
const maxValueLength = 500;
const hashedSuffix = "_sha256";

type Told = { readonly namespace: string; readonly value: string };

function tell({ namespace, value }: Told, choice: IdentifierChoice): Told | undefined {
  if (!choice.hash || namespace.endsWith(hashedSuffix)) return { namespace, value };
  const hash = hashIdentifier(namespace, value);
  return hash === undefined ? undefined : { namespace: `${namespace}${hashedSuffix}`, value: hash };
}

/** Key of an identifier in a copy. */
export const memberKey = ({ namespace, value }: Told): string => `${namespace}\0${value}`;

/** What a person is known by in the copy; empty for somebody who does not belong there. */
export function desiredMembers(
  { profileId, membership, consents, identifiers }: Person,
  config: Pick<SyncConfig, "identifiers" | "consent">,
  isSuppressed: IsSuppressed,
  nowMs: number,
): readonly DesiredMember[] {
  if (membership === undefined || isConsentDenied(config.consent, consents, nowMs)) return [];
  const open = identifiers.filter(({ validTo }) => validTo === null);
  // A device in other hands loses only itself; an address or a customer number is the person.
  if (open.some((each) => namespaceOf(each.namespace).kind === "person" && isSuppressed(each))) return [];
  const all: readonly Told[] = [
    ...open.filter((each) => !isSuppressed(each)),
    { namespace: "profile_id", value: profileId },
  ];
  const byKey = new Map<string, DesiredMember>();
  for (const choice of config.identifiers)
    for (const identifier of all) {
      if (identifier.namespace !== choice.namespace) continue;
      const told = tell(identifier, choice);
      if (told === undefined || told.value.length > maxValueLength) continue;
      byKey.set(memberKey(told), { ...told, profileId, ...membership });
    }
  return [...byKey.values()];
}
