import type { AuditTrail, Via } from "../access/index.ts";
import { ClienteleError, type Clock } from "../kernel/index.ts";
import type { ProfilePrivacy } from "../profiles/index.ts";
import { type DataClass, shippedClasses } from "./data-classes.data.ts";
import { type Suggestion, suggestClasses } from "./detect-classes.ts";
import type { RequestStore } from "./store.ts";
import type { ClassStore } from "./store-classes.ts";

/** Who acts, for the audit. */
export type Actor = { readonly actor: string; readonly via: Via; readonly requestId: string | null };

export type ClassDeps = {
  readonly store: ClassStore;
  readonly transaction: RequestStore["transaction"];
  readonly audit: AuditTrail;
  readonly profiles: Pick<ProfilePrivacy, "sampleStates">;
  readonly clock: Clock;
};

const sampledProfiles = 500;
const idOf = ({ kind, name }: Pick<DataClass, "kind" | "name">): string => `${kind}:${name}`;

/** Which fields are personal, and how long they are kept: the shipped table with what the merchant changed. */
export function createDataClasses({ store, transaction, audit, profiles, clock }: ClassDeps) {
  const list = async (): Promise<readonly DataClass[]> => {
    const byId = new Map(shippedClasses.map((each) => [idOf(each), each]));
    for (const own of await store.all()) byId.set(idOf(own), own);
    return [...byId.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  };

  return {
    list,
    put: async (given: DataClass, by: Actor): Promise<void> => {
      const before = (await list()).find((each) => idOf(each) === idOf(given)) ?? null;
      await transaction(async (tx) => {
        await store.put(tx, given, clock.now(), by.actor);
        await audit.record(tx, {
          ...by,
          action: "data-class.put",
          objectKind: "data-class",
          objectId: idOf(given),
          before,
          after: given,
        });
      });
    },
    /** Back to the shipped class. @throws {ClienteleError} `privacy.classNotFound` */
    remove: async (kind: DataClass["kind"], name: string, by: Actor): Promise<void> => {
      const id = idOf({ kind, name });
      const before = (await store.all()).find((each) => idOf(each) === id) ?? null;
      await transaction(async (tx) => {
        if (!(await store.remove(tx, kind, name)))
          throw new ClienteleError("privacy.classNotFound", `no data class ${id}`);
        await audit.record(tx, {
          ...by,
          action: "data-class.remove",
          objectKind: "data-class",
          objectId: id,
          before,
          after: null,
        });
      });
    },
    /** Traits whose values look personal and whose class does not say so; from the 500 profiles seen last. */
    suggest: async (): Promise<readonly Suggestion[]> => {
      const valuesByName = new Map<string, unknown[]>();
      for (const attributes of await profiles.sampleStates(sampledProfiles)) {
        for (const [name, { value }] of Object.entries(attributes ?? {}))
          valuesByName.set(name, [...(valuesByName.get(name) ?? []), value]);
      }
      const pii = new Map((await list()).filter(({ kind }) => kind === "trait").map((each) => [each.name, each.pii]));
      return suggestClasses(valuesByName, "trait", (name) => pii.get(name) ?? "none");
    },
  };
}

export type DataClasses = ReturnType<typeof createDataClasses>;
