/** One kind of identifier and how strong it is; the table is profiles-and-journeys A.1. */
export type Namespace = {
  readonly name: string;
  /** 1 is strongest. */
  readonly priority: number;
  /** `device` identifiers change hands; `person` identifiers do not. */
  readonly kind: "person" | "device";
  /** Most values one profile may hold. */
  readonly limit: number;
};

export const namespaces: readonly Namespace[] = [
  { name: "user_id", priority: 1, kind: "person", limit: 1 },
  { name: "loyalty_id", priority: 3, kind: "person", limit: 1 },
  { name: "email", priority: 4, kind: "person", limit: 5 },
  { name: "phone", priority: 5, kind: "person", limit: 5 },
  { name: "anonymous_id", priority: 8, kind: "device", limit: 1000 },
];

const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));

const unknownNamespace: Omit<Namespace, "name"> = { priority: 9, kind: "device", limit: 5 };

/** The row of a namespace; unknown ones are weak device identifiers. */
export function namespaceOf(name: string): Namespace {
  return byName.get(name) ?? { name, ...unknownNamespace };
}
