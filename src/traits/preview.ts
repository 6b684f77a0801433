// What a draft of a trait would say, of one profile and of a sample, without storing anything.
import type { RuleObject } from "../kernel/rules/index.ts";
import { emptyState, type Profile, type ProfileRow, type ProfileState } from "../profiles/index.ts";
import type { CompiledTrait } from "./compile-trait.ts";
import { countPast, type Past } from "./count-past.ts";
import { requireReadOnly } from "./sql-trait.ts";
import type { TraitEventStore } from "./store.clickhouse.ts";

export type PreviewDeps = {
  readonly profileId: string | undefined;
  readonly profiles: {
    readonly get: (profileId: string) => Promise<Profile>;
    readonly scan: (afterId: string | null, limit: number) => Promise<readonly ProfileRow[]>;
  };
  readonly events: TraitEventStore;
  readonly attributesOf: (profile: Pick<Profile, "state" | "identifiers">, nowMs: number) => RuleObject;
  readonly nowMs: number;
};

export type PreviewValue = {
  readonly profileId: string;
  readonly value: unknown;
  readonly at: number | null;
  readonly flags: readonly string[];
  readonly skipped: number;
};

const sampleSize = 20;

async function pastOf(trait: CompiledTrait, profile: Profile, deps: PreviewDeps): Promise<Past | undefined> {
  if (!trait.collector || profile.identifiers.length === 0) return undefined;
  const counted = await countPast({
    store: deps.events,
    traits: [trait],
    cutoff: deps.nowMs,
    of: [profile],
    progress: async () => undefined,
    isStopped: () => false,
  });
  return counted?.past.get(profile.profileId)?.get(trait.hash);
}

async function readValue(trait: CompiledTrait, profile: Profile, deps: PreviewDeps): Promise<PreviewValue> {
  const past = await pastOf(trait, profile, deps);
  const result = trait.body.kind === "sql" ? await queryOf(trait, profile.profileId, deps) : undefined;
  const state: ProfileState = {
    ...emptyState(deps.nowMs),
    ...profile.state,
    traits: { [trait.hash]: { ...(past?.part ? { live: past.part } : {}), ...(result ? { result } : {}) } },
  };
  const attributes = deps.attributesOf(profile, deps.nowMs);
  const read = trait.read({ state, nowMs: deps.nowMs, profile: attributes, changesAt: () => Number.POSITIVE_INFINITY });
  return {
    profileId: profile.profileId,
    value: read.value ?? null,
    at: read.at ?? null,
    flags: read.flags,
    skipped: past?.skipped ?? 0,
  };
}

async function queryOf(trait: CompiledTrait, profileId: string, { events }: PreviewDeps) {
  const { query = "", columns = [] } = trait.body;
  await requireReadOnly(query, events);
  // The row of this profile is the first after everything before it.
  const [row] = await events.runQuery(query, previousId(profileId), 1);
  if (!row || String(row["profile_id"]) !== profileId) return undefined;
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] === undefined ? null : String(row[name])]));
}

/** The id just before, in the order of the texts. */
function previousId(profileId: string): string {
  const last = profileId.charCodeAt(profileId.length - 1);
  return `${profileId.slice(0, -1)}${String.fromCharCode(last - 1)}~`;
}

/** @throws {ClienteleError} `profiles.notFound`, `traits.queryRefused` */
export async function previewTrait(trait: CompiledTrait, deps: PreviewDeps): Promise<readonly PreviewValue[]> {
  if (deps.profileId !== undefined) return [await readValue(trait, await deps.profiles.get(deps.profileId), deps)];
  const values: PreviewValue[] = [];
  for (const { profileId } of await deps.profiles.scan(null, sampleSize)) {
    values.push(await readValue(trait, await deps.profiles.get(profileId), deps));
  }
  return values;
}
