// The rules as they are now, in memory: settings, quarantine, separations. An edit counts at once in the process that makes it, and
// after a second elsewhere.
import type { Clock } from "../kernel/index.ts";
import {
  createIdentityRules,
  defaultIdentitySettings,
  type IdentityRules,
  type IdentitySettings,
} from "./identity-rules.ts";
import type { IdentityStore } from "./store-identity.ts";

const refreshMs = 1_000;

export type RulesSource = {
  readonly current: () => Promise<IdentityRules>;
  /** What was loaded last; plain rules before the first load. */
  readonly loaded: () => IdentityRules;
  readonly settings: () => Promise<IdentitySettings>;
  /** After a write of this process. */
  readonly forget: () => void;
};

/** @param isShared whether other processes write too; the only writer loads once */
export function createRulesSource(store: IdentityStore, clock: Clock, isShared: boolean): RulesSource {
  let rules = createIdentityRules({ hasPrevious: () => true });
  let settings: IdentitySettings = defaultIdentitySettings;
  let loadedAt: number | undefined;
  let loading: Promise<void> | undefined;
  let generation = 0;

  const load = async (): Promise<void> => {
    const startedAt = clock.now();
    const startedIn = generation;
    const [{ body }, kept] = [await store.settings(), await store.rules()];
    settings = { ...defaultIdentitySettings, ...body };
    rules = createIdentityRules({ settings, ...kept, hasPrevious: () => kept.hasPrevious });
    // Somebody wrote while this was read.
    if (startedIn === generation) loadedAt = startedAt;
  };
  const refresh = async (): Promise<void> => {
    if (loadedAt !== undefined && (!isShared || Math.abs(clock.now() - loadedAt) < refreshMs)) return;
    const mine = loading ?? load();
    loading = mine;
    try {
      await mine;
    } finally {
      if (loading === mine) loading = undefined;
    }
  };
  return {
    current: async () => {
      await refresh();
      return rules;
    },
    loaded: () => rules,
    settings: async () => {
      await refresh();
      return settings;
    },
    forget: () => {
      generation += 1;
      loadedAt = undefined;
      loading = undefined;
    },
  };
}
