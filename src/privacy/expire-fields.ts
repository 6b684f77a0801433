// Fields with a time of their own (profiles-and-journeys G.1): traits leave profiles, their corrections and the events that brought
// them; properties leave events. What an order was is kept as long as the law asks, whatever its fields are classed.
import type { Clock } from "../kernel/index.ts";
import type { EventStorePrivacy } from "../measurement/index.ts";
import { type ProfilePrivacy, type ProfileState, toSnakeCase, tradeFacts, youngAttribute } from "../profiles/index.ts";
import type { DataClasses } from "./data-classes.ts";
import { orderTypes } from "./erase-events.ts";
import { minOrderDays } from "./retention-classes.data.ts";
import type { CorrectionStore } from "./store-corrections.ts";

const dayMs = 86_400_000;
const profilesPerRun = 500;
const maxRounds = 200;

export type ExpireFieldsDeps = {
  readonly profiles: Pick<ProfilePrivacy, "withOldAttribute">;
  readonly expiry: EventStorePrivacy["expiry"];
  readonly classes: Pick<DataClasses, "list">;
  readonly corrections: Pick<CorrectionStore, "forget">;
  /** Changes states and writes them with their memberships. @returns false when another writer was faster */
  readonly changeStates: (
    profileIds: ReadonlySet<string>,
    change: (profileId: string, state: ProfileState) => ProfileState,
  ) => Promise<boolean>;
  readonly clock: Clock;
};

function withoutOld(state: ProfileState, name: string, before: number): ProfileState {
  const attribute = Object.hasOwn(state.attributes, name) ? state.attributes[name] : undefined;
  if (!attribute) return state;
  const { [name]: _old, ...others } = state.attributes;
  const young = youngAttribute(attribute, before);
  return { ...state, attributes: young ? { ...others, [name]: young } : others };
}

const isOrderFact = (name: string): boolean => Object.hasOwn(tradeFacts({ [name]: 0 }), name);

export function createExpireFields(deps: ExpireFieldsDeps) {
  const { profiles, expiry, clock } = deps;

  /** Names by the days they are kept. */
  const periodsOf = async (kind: "trait" | "property"): Promise<ReadonlyMap<number, readonly string[]>> => {
    const namesByDays = new Map<number, string[]>();
    for (const { kind: of, name, retentionDays } of await deps.classes.list())
      if (of === kind && retentionDays !== null)
        namesByDays.set(retentionDays, [...(namesByDays.get(retentionDays) ?? []), name]);
    return namesByDays;
  };

  const expireTrait = async (name: string, before: number): Promise<number> => {
    let changed = 0;
    for (let round = 0; round < maxRounds; round += 1) {
      const ids = new Set(await profiles.withOldAttribute(name, before, profilesPerRun));
      if (ids.size === 0) break;
      if (await deps.changeStates(ids, (_id, state) => withoutOld(state, name, before))) changed += ids.size;
    }
    await deps.corrections.forget(name, before);
    return changed;
  };

  return {
    /** @returns profiles changed */
    traits: async (): Promise<number> => {
      let changed = 0;
      for (const [days, names] of await periodsOf("trait")) {
        const before = clock.now() - days * dayMs;
        const kept = new Set(names);
        // The events first: a profile that is computed anew from them meanwhile would get the trait back.
        await expiry.forgetTraits(
          (await expiry.traitKeys(before)).filter((key) => kept.has(toSnakeCase(key))),
          before,
        );
        for (const name of names) changed += await expireTrait(name, before);
      }
      return changed;
    },

    /** @returns events changed */
    properties: async (): Promise<number> => {
      let changed = 0;
      for (const [days, names] of await periodsOf("property")) {
        const before = clock.now() - days * dayMs;
        const ofOrders = clock.now() - Math.max(days, minOrderDays) * dayMs;
        const orders = { pattern: orderTypes, matching: true };
        const facts = names.filter(isOrderFact);
        changed += await expiry.forgetProperties({ names, before, types: { ...orders, matching: false } });
        changed += await expiry.forgetProperties({
          names: names.filter((name) => !isOrderFact(name)),
          before,
          types: orders,
        });
        changed += await expiry.forgetProperties({ names: facts, before: ofOrders, types: orders });
      }
      return changed;
    },
  };
}
