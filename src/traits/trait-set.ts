// The traits in use, compiled: what they collect from an event, and how rules and the API read them.
import type { LiveDefinition } from "../definitions/index.ts";
import type { AttributeSpec, RuleObject } from "../kernel/rules/index.ts";
import { type MergePolicy, type ProfileState, type TraitPart, type TraitState, unitePart } from "../profiles/index.ts";
import { type CompileDeps, type CompiledTrait, compileTrait, type ReadOptions } from "./compile-trait.ts";
import type { TraitValue } from "./evaluate.ts";
import type { TraitBody } from "./trait-body.ts";
import type { TraitEvent } from "./trait-rules.ts";

export type LiveTrait = CompiledTrait & {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** The version before, which answers until this one has been counted. */
  readonly before: CompiledTrait | undefined;
};

export type TraitSet = {
  readonly traits: readonly LiveTrait[];
  readonly byKey: ReadonlyMap<string, LiveTrait>;
  readonly byType: ReadonlyMap<string, readonly CompiledTrait[]>;
  /** Hashes in use. */
  readonly hashes: ReadonlySet<string>;
  readonly policies: ReadonlyMap<string, MergePolicy>;
  /** Attributes that rules may name. */
  readonly attributes: readonly AttributeSpec[];
};

/** Whether a computation is complete, and which events it leaves to the count from the event store. */
export type Computation = { readonly isLive: boolean; readonly cutoff: number };
export type ComputationOf = (hash: string) => Computation | undefined;

/** @param beforeOf a former body of the trait that has been counted completely */
export function buildTraitSet(
  live: readonly LiveDefinition<TraitBody>[],
  deps: CompileDeps,
  beforeOf: (key: string, hash: string) => TraitBody | undefined,
): TraitSet {
  const traits = live.map((definition): LiveTrait => {
    const { id, key, name, version, body } = definition;
    const compiled = compileTrait(key, body, deps);
    const former = beforeOf(key, compiled.hash);
    const before = former && compileTrait(key, former, deps);
    return { ...compiled, id, name, version, before: before?.hash === compiled.hash ? undefined : before };
  });
  const byType = new Map<string, CompiledTrait[]>();
  const byHash = new Map<string, CompiledTrait>();
  for (const trait of traits)
    for (const each of trait.before ? [trait, trait.before] : [trait]) byHash.set(each.hash, each);
  for (const trait of byHash.values())
    for (const type of trait.collector?.types ?? []) {
      const known = byType.get(type);
      if (known) known.push(trait);
      else byType.set(type, [trait]);
    }
  const policies = new Map(
    traits.flatMap(({ key, body }): (readonly [string, MergePolicy])[] =>
      body.kind === "trait" && body.policy !== undefined ? [[body.attribute ?? key, body.policy]] : [],
    ),
  );
  return {
    traits,
    byKey: new Map(traits.map((trait) => [trait.key, trait])),
    byType,
    hashes: new Set(byHash.keys()),
    policies,
    attributes: traits.flatMap(attributesOf),
  };
}

function attributesOf({ key, name, type, body, nextChangeAt: _next }: LiveTrait): readonly AttributeSpec[] {
  const own = key.replaceAll(".", "\\.");
  const path = `profile.trait.${own}`;
  const changesAt = `profile.trait_changes_at.${own}`;
  if (body.kind !== "sql") return [{ path, type, label: name, changesAt }];
  return (body.columns ?? []).map((column) => ({
    path: `${path}.${column.name}`,
    type: column.type,
    label: `${name}: ${column.name}`,
  }));
}

type Traits = ProfileState["traits"];

/**
 * What a profile keeps for its traits, after one event.
 *
 * @returns the same object when no trait looked at the event
 */
export function applyEvent(traits: Traits, event: TraitEvent, set: TraitSet, computationOf: ComputationOf): Traits {
  const concerned = set.byType.get(event.type);
  if (!concerned) return traits;
  let next: Record<string, TraitState> | undefined;
  for (const { hash, collector } of concerned) {
    const collected = collector?.collect(event);
    if (!collected || (collected.part === undefined && collected.skipped === 0)) continue;
    next ??= keptOf(traits, set);
    const computation = computationOf(hash);
    next[hash] = addCollected(next[hash] ?? {}, collected, event, computation);
  }
  return next ?? traits;
}

/** A copy without what no trait uses any more. */
function keptOf(traits: Traits, { hashes }: TraitSet): Record<string, TraitState> {
  const kept: Record<string, TraitState> = {};
  for (const [hash, state] of Object.entries(traits)) if (hashes.has(hash)) kept[hash] = state;
  return kept;
}

type Collected = NonNullable<ReturnType<NonNullable<CompiledTrait["collector"]>["collect"]>>;

function addCollected(
  known: TraitState,
  { part, skipped }: Collected,
  event: TraitEvent,
  computation: Computation | undefined,
): TraitState {
  // Until the cut-off is known, everything is of the past, which will be counted from the event store.
  if (computation === undefined) return addPast(known, part, skipped);
  const { cutoff } = computation;
  const state: TraitState =
    known.since === undefined || known.since === cutoff ? { ...known, since: cutoff } : { since: cutoff };
  if (!computation.isLive && event.receivedAt <= cutoff) return addPast(state, part, skipped);
  return addLive(computation.isLive ? joined(state) : state, part, skipped);
}

/** Once the past has been counted, all is one. */
function joined(state: TraitState): TraitState {
  const { past, pastSkipped, ...rest } = state;
  return past || pastSkipped ? addLive(rest, past, pastSkipped ?? 0) : state;
}

function addLive(state: TraitState, part: TraitPart | undefined, skipped: number): TraitState {
  const live = unitePart(state.live, part);
  const all = (state.skipped ?? 0) + skipped;
  return { ...state, ...(live ? { live } : {}), ...(all > 0 ? { skipped: all } : {}) };
}

function addPast(state: TraitState, part: TraitPart | undefined, skipped: number): TraitState {
  const past = unitePart(state.past, part);
  const all = (state.pastSkipped ?? 0) + skipped;
  return { ...state, ...(past ? { past } : {}), ...(all > 0 ? { pastSkipped: all } : {}) };
}

/** Which version of a trait answers now; undefined while there is none. */
export function answering(trait: LiveTrait, computationOf: ComputationOf): CompiledTrait | undefined {
  if (trait.collector === undefined || computationOf(trait.hash)?.isLive) return trait;
  return trait.before;
}

type Reading = { readonly values: RuleObject; readonly changesAt: RuleObject };

const optionsKey = Symbol("options");
const memoKey = Symbol("memo");
type Lazy = { [optionsKey]: ReadOptions; [memoKey]: Map<string, unknown> };

function lazyPrototype(keys: readonly string[], read: (key: string, options: ReadOptions) => unknown): object {
  const prototype: object = Object.create(null);
  for (const key of keys) {
    Object.defineProperty(prototype, key, {
      enumerable: true,
      get(this: Lazy) {
        const memo = this[memoKey];
        if (!memo.has(key)) {
          // A formula of a cycle that slipped through finds itself without a value.
          memo.set(key, undefined);
          memo.set(key, read(key, this[optionsKey]));
        }
        return memo.get(key);
      },
    });
  }
  return prototype;
}

/** Values of all traits as rules read them, each worked out when it is first asked for. */
export function createTraitReader(set: TraitSet, computationOf: ComputationOf) {
  const keys = set.traits.map(({ key }) => key);
  const current = (key: string): CompiledTrait | undefined => {
    const trait = set.byKey.get(key);
    return trait && answering(trait, computationOf);
  };
  const cutoffOf = (hash: string): number | undefined => computationOf(hash)?.cutoff;
  const values = lazyPrototype(keys, (key, options) => current(key)?.read({ ...options, cutoffOf }).value);
  const changes = lazyPrototype(keys, (key, options) => {
    const at = current(key)?.nextChangeAt({ ...options, cutoffOf }) ?? Number.POSITIVE_INFINITY;
    return at === Number.POSITIVE_INFINITY ? undefined : at;
  });
  const make = (prototype: object, options: ReadOptions): RuleObject => {
    const lazy: Record<string, unknown> & Partial<Lazy> = Object.create(prototype);
    lazy[optionsKey] = options;
    lazy[memoKey] = new Map();
    return lazy;
  };
  return {
    /** For rules. */
    read: (options: ReadOptions): Reading => ({ values: make(values, options), changesAt: make(changes, options) }),
    /** For the API: value with its time and flags, by key. */
    all: (options: ReadOptions): Readonly<Record<string, TraitValue>> =>
      Object.fromEntries(
        set.traits.flatMap((trait) => {
          const version = answering(trait, computationOf);
          return version ? [[trait.key, version.read({ ...options, cutoffOf })] as const] : [];
        }),
      ),
  };
}

export type TraitReader = ReturnType<typeof createTraitReader>;
