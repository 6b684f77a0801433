// What a merchant may set about identity, and what people decided by hand: blocked values, quarantine, separations.
import type { Identifier, Namespace } from "../collect/index.ts";
import { compileRegex } from "../kernel/rules/index.ts";
import { identifierKey } from "./identity-message.ts";
import { createTraitIdentifiers, type TraitIdentifier, type TraitIdentifiers } from "./identity-traits.ts";

export type IdentitySettings = {
  /** An alias may join two profiles that both have a customer id. Default false: refused. */
  readonly aliasMayMergeIdentified: boolean;
  /** An address is one person's for good: it joins even unproven, and a profile has one. Default false. */
  readonly emailIsUnique: boolean;
  /** Values that identify nobody, besides those of A.2; letter case ignored. */
  readonly blockedValues: readonly string[];
  /** Patterns of such values, found anywhere in the value; letter case ignored. */
  readonly blockedPatterns: readonly string[];
  /** Traits whose values identify a person. */
  readonly traitIdentifiers: readonly TraitIdentifier[];
};

export const defaultIdentitySettings: IdentitySettings = {
  aliasMayMergeIdentified: false,
  emailIsUnique: false,
  blockedValues: [],
  blockedPatterns: [],
  traitIdentifiers: [],
};

/** Two sets of identifiers that somebody split from each other. */
export type Separation = {
  readonly separationId: string;
  readonly createdAt: number;
  /** From when on; null = always. */
  readonly since: number | null;
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly leftProfileId: string;
  readonly rightProfileId: string;
  readonly createdBy: string;
};

export type Quarantine = Identifier & {
  readonly since: number;
  /** When somebody released it. */
  readonly until: number | null;
  readonly rule: string;
};

export type IdentityRules = Pick<IdentitySettings, "aliasMayMergeIdentified" | "emailIsUnique"> & {
  /** Identifiers of an event and of those of its traits that are set to identify. */
  readonly identifiersOf: TraitIdentifiers["withTraits"];
  /** How strong a kind of identifier is, and how many of it a profile may have. */
  readonly namespaceOf: (name: string) => Namespace;
  readonly isBlocked: (identifier: Identifier) => boolean;
  readonly isQuarantined: (identifier: Identifier, at: number) => boolean;
  /** When people released the value from quarantine, ascending. */
  readonly releasesOf: (key: string) => readonly number[];
  /** Separations that name a key, and on which side. */
  readonly separationsOf: (
    key: string,
  ) => readonly { readonly separation: Separation; readonly side: "left" | "right" }[];
  readonly hasSeparations: boolean;
  /** Whether an alias ever named an id that nobody knew. */
  readonly hasPrevious: () => boolean;
};

export type RulesInput = {
  readonly settings?: IdentitySettings;
  readonly separations?: readonly Separation[];
  readonly quarantine?: readonly Quarantine[];
  readonly hasPrevious?: () => boolean;
};

type Sided = { readonly separation: Separation; readonly side: "left" | "right" };
const noSides: readonly Sided[] = Object.freeze([]);

function groupSides(separations: readonly Separation[]): ReadonlyMap<string, readonly Sided[]> {
  const byKey = new Map<string, Sided[]>();
  for (const separation of separations)
    for (const side of ["left", "right"] as const)
      for (const key of separation[side]) {
        const list = byKey.get(key);
        if (list) list.push({ separation, side });
        else byKey.set(key, [{ separation, side }]);
      }
  return byKey;
}

/** @throws {RegexFault} for a pattern that the safe engine refuses */
export function createIdentityRules(input: RulesInput = {}): IdentityRules {
  const settings = input.settings ?? defaultIdentitySettings;
  const traits = createTraitIdentifiers(settings.traitIdentifiers);
  const values = new Set(settings.blockedValues.map((value) => value.trim().toLowerCase()));
  const patterns = settings.blockedPatterns.map((pattern) => compileRegex(pattern, false));
  const sides = groupSides(input.separations ?? []);
  const quarantined = new Map<string, Quarantine[]>();
  for (const entry of input.quarantine ?? []) {
    const list = quarantined.get(identifierKey(entry));
    if (list) list.push(entry);
    else quarantined.set(identifierKey(entry), [entry]);
  }
  const blocksNothing = values.size === 0 && patterns.length === 0;
  return {
    aliasMayMergeIdentified: settings.aliasMayMergeIdentified,
    emailIsUnique: settings.emailIsUnique,
    identifiersOf: traits.withTraits,
    namespaceOf: traits.namespaceOf,
    isBlocked: ({ value }) =>
      !blocksNothing && (values.has(value.toLowerCase()) || patterns.some((matches) => matches(value))),
    isQuarantined: (identifier, at) =>
      quarantined.size > 0 &&
      (quarantined.get(identifierKey(identifier)) ?? []).some(
        ({ since, until }) => at >= since && (until === null || at < until),
      ),
    releasesOf: (key) =>
      (quarantined.get(key) ?? []).flatMap(({ until }) => (until === null ? [] : [until])).sort((a, b) => a - b),
    separationsOf: (key) => sides.get(key) ?? noSides,
    hasSeparations: sides.size > 0,
    hasPrevious: input.hasPrevious ?? (() => true),
  };
}

/** The rules of a deployment that set nothing. */
export const plainRules: IdentityRules = createIdentityRules();
