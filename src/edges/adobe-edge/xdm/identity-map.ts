// Who an XDM event is about: `identityMap`, and the account and e-mail fields that the collector sends beside it.
import { type Identifier, namespaceOf, namespaceOfWireName } from "../../../collect/index.ts";
import { isEcid } from "../ecid.ts";
import { type Loose, listOf, objectOf, textOf } from "../values.ts";

export type MapEntry = {
  /** As the client spells it. */
  readonly name: string;
  readonly id: string;
  readonly isPrimary: boolean;
  readonly isLoggedOut: boolean;
};

const maxNamespaces = 20;
const maxIds = 10;

/** Entries of an identity map; those without an id are left out. At most 20 namespaces of 10 ids. */
export function readIdentityMap(map: unknown): readonly MapEntry[] {
  return Object.entries(objectOf(map))
    .slice(0, maxNamespaces)
    .flatMap(([name, ids]) =>
      listOf(ids, maxIds).flatMap((value) => {
        const entry = objectOf(value);
        const id = textOf(entry["id"], 512);
        if (id === undefined) return [];
        return [
          {
            name,
            id,
            isPrimary: entry["primary"] === true || entry["primary"] === "true",
            isLoggedOut: entry["authenticatedState"] === "loggedOut",
          },
        ];
      }),
    );
}

/** Id of the first entry of a namespace, letter case ignored. */
export function idOf(entries: readonly MapEntry[], name: string): string | undefined {
  return entries.find((entry) => entry.name.toLowerCase() === name)?.id;
}

/**
 * Identifiers of an event in our namespaces, the given ECID first.
 *
 * A person who is logged out is not the one who acts; an ECID of zeros is what the collector writes for none.
 */
export function readIdentifiers(xdm: Loose, ecid: string | undefined, otherEcid: string | undefined) {
  const identifiers: Identifier[] = [];
  const add = (namespace: string, value: string | undefined): void => {
    if (value !== undefined) identifiers.push({ namespace, value });
  };
  add("ecid", ecid);
  for (const { name, id, isLoggedOut } of readIdentityMap(xdm["identityMap"])) {
    const namespace = namespaceOfWireName(name);
    if (isLoggedOut && namespaceOf(namespace).kind === "person") continue;
    if (namespace === "ecid" && !isEcid(id)) continue;
    add(namespace, id);
  }
  add("ecid", otherEcid);
  add("user_id", textOf(objectOf(xdm["person"])["accountID"], 512));
  add("email", textOf(objectOf(xdm["personalEmail"])["address"], 512));
  return identifiers;
}
