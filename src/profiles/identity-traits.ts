// Traits that a merchant made identifiers (profiles-and-journeys A.1, row 9): a club number, a number of an old shop. What an
// event's traits say of them stands beside the identifiers that it came with, as the weakest ones of a person.
import {
  type CanonicalEvent,
  type Identifier,
  isBlockedIdentifier,
  type Namespace,
  namespaceOf,
} from "../collect/index.ts";
import { isObject } from "../kernel/index.ts";
import { toSnakeCase } from "./fold-attributes.ts";

export const traitNormalisations = ["none", "trim", "lower", "upper", "digits"] as const;
export type TraitNormalisation = (typeof traitNormalisations)[number];

export type TraitIdentifier = {
  /** Key of the trait; camelCase and snake_case name the same one. */
  readonly trait: string;
  /** Its identifiers are of the namespace `trait:<namespace>`. */
  readonly namespace: string;
  /** Most values of one profile, 1 to 100. Default 5. */
  readonly limit: number;
  /** Profiles with two different values are two persons. Default false. */
  readonly unique: boolean;
  /** How values are made comparable. Default `trim`. `digits` leaves nothing but the digits. */
  readonly normalise: TraitNormalisation;
};

const traitFamily = "trait:";
const none: readonly Identifier[] = Object.freeze([]);
/** Longer values are no identifiers before they are looked at: normalising must not cost more than reading. */
const maxLength = 2_000;

function normaliseValue(value: string, how: TraitNormalisation): string {
  switch (how) {
    case "none":
      return value;
    case "trim":
      return value.trim();
    case "lower":
      return value.trim().normalize("NFC").toLowerCase();
    case "upper":
      return value.trim().normalize("NFC").toUpperCase();
    case "digits":
      return value.replace(/\D+/g, "");
  }
}

function identifierOf(setting: TraitIdentifier, value: unknown): Identifier | undefined {
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  if (typeof text !== "string" || text.length > maxLength || isBlockedIdentifier(text)) return undefined;
  const normalised = normaliseValue(text, setting.normalise);
  // "none" without digits, or a number that is all zeros once its dashes are gone.
  if (isBlockedIdentifier(normalised)) return undefined;
  return { namespace: `${traitFamily}${setting.namespace}`, value: normalised };
}

function toCamelCase(key: string): string {
  return key.replace(/_+([a-z0-9])/g, (_match, next: string) => next.toUpperCase());
}

export type TraitIdentifiers = {
  /** The identifiers of an event with those of its traits; the same list when it has none. */
  readonly withTraits: (
    event: Pick<CanonicalEvent, "type" | "identifiers" | "properties" | "context">,
  ) => readonly Identifier[];
  /** A namespace as the settings have it. */
  readonly namespaceOf: (name: string) => Namespace;
};

/** How traits identify by these settings. */
export function createTraitIdentifiers(settings: readonly TraitIdentifier[]): TraitIdentifiers {
  if (settings.length === 0) return { withTraits: ({ identifiers }) => identifiers, namespaceOf };
  const byNamespace = new Map(settings.map((setting) => [`${traitFamily}${setting.namespace}`, setting]));
  const rows = new Map(
    [...byNamespace].map(([name, { limit, unique }]) => [
      name,
      { ...namespaceOf(name), limit: unique ? 1 : limit, unique },
    ]),
  );
  const keyed = settings.map((setting) => {
    const snake = toSnakeCase(setting.trait);
    return { setting, keys: [...new Set([setting.trait, snake, toCamelCase(snake)])] };
  });

  const ofTraits = (traits: Record<string, unknown>): readonly Identifier[] =>
    keyed.flatMap(({ setting, keys }) => {
      for (const key of keys) {
        const identifier = Object.hasOwn(traits, key) ? identifierOf(setting, traits[key]) : undefined;
        if (identifier) return [identifier];
      }
      return [];
    });
  /** A sender may name the namespace itself: its values are written like those of the trait. */
  const inOurForm = (identifier: Identifier): readonly Identifier[] => {
    const setting = byNamespace.get(identifier.namespace);
    if (!setting) return [identifier];
    const written = identifierOf(setting, identifier.value);
    return written ? [written] : none;
  };

  return {
    withTraits: ({ type, identifiers, properties, context }) => {
      // Traits of a group call are the company's.
      const own = type === "group" ? undefined : properties["traits"];
      const [traits, repeated] = [own, context["traits"]].map((value) => (isObject(value) ? ofTraits(value) : none));
      const names = identifiers.some(({ namespace }) => byNamespace.has(namespace));
      if ((traits ?? none).length === 0 && (repeated ?? none).length === 0 && !names) return identifiers;
      const unique = new Map<string, Identifier>();
      for (const identifier of [...identifiers.flatMap(inOurForm), ...(traits ?? none), ...(repeated ?? none)]) {
        const key = `${identifier.namespace}\u0001${identifier.value}`;
        if (!unique.has(key)) unique.set(key, identifier);
      }
      return [...unique.values()];
    },
    namespaceOf: (name) => rows.get(name) ?? namespaceOf(name),
  };
}
