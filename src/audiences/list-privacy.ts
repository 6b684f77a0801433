// Uploaded lists know nobody by name: what a person is in them are codes of identifiers. They leave with the person, from storage, from
// the memory of every process, and from uploads that are under way.
import type { Person } from "../profiles/index.ts";
import { codeOfHash, codeOfValue } from "./list-entries.ts";
import type { Lists } from "./lists.ts";
import type { ListCodes, ListPrivacyStore } from "./store-privacy.ts";

/** Codes by which a person can be in a list of this namespace. An identifier that changed hands is somebody else's. */
export function codesOfPerson({ identifiers }: Pick<Person, "identifiers">, namespace: string): readonly bigint[] {
  const isMail = namespace === "email" || namespace === "email_sha256";
  const codes = identifiers
    .filter(({ validTo }) => validTo === null)
    .flatMap((identifier): readonly bigint[] => {
      const { namespace: own, value } = identifier;
      if (own === "email_sha256" && isMail) return [codeOfHash(value) ?? []].flat();
      if (own !== namespace && !(own === "email" && isMail)) return [];
      // Numbers are uploaded as hashes of their digits too.
      return own === "phone" ? [codeOfValue(value), codeOfValue(value.replace(/^\+/, ""))] : [codeOfValue(value)];
    });
  return [...new Set(codes)];
}

/** The part of uploaded lists in privacy requests; see `PrivacyParticipant`. */
export function createListPrivacy(store: ListPrivacyStore, lists: Pick<Lists, "forget">) {
  const codesIn = async (person: Person): Promise<readonly ListCodes[]> =>
    (await store.namespaces()).map((namespace) => ({ namespace, codes: codesOfPerson(person, namespace) }));
  async function* listsOf(person: Person): AsyncGenerator<object> {
    yield* store.lists((await codesIn(person)).filter(({ codes }) => codes.length > 0));
  }
  return {
    // Not in the transaction of the erasure: by now every process knows whom its uploads must leave out.
    eraseElsewhere: async ({ person }: { readonly person: Person }): Promise<number> =>
      store.erase(await codesIn(person)),
    forget: (person: Person): void => lists.forget((namespace) => codesOfPerson(person, namespace)),
    exports: [{ file: "uploaded-lists", rows: listsOf }],
  };
}
