// Counts the past of traits from the event store: one pass in the order of the table, what each profile keeps gathered in memory,
// so that a pass that was cut off leaves nothing behind.
import type { Window } from "../kernel/rules/index.ts";
import { firstInstantMs, walkPast } from "../measurement/index.ts";
import { type Owner, type TraitPart, unitePart } from "../profiles/index.ts";
import { type Collector, isOrderTrait } from "./collect.ts";
import type { CompiledTrait } from "./compile-trait.ts";
import type { TraitEventStore } from "./store.clickhouse.ts";
import { eventsOf } from "./trait-body.ts";
import type { TraitEvent } from "./trait-rules.ts";
import { keptAgeOf } from "./windows.ts";

export type Past = { readonly part: TraitPart | undefined; readonly skipped: number };
/** Profile → hash → what its events up to the cut-off amount to. */
export type PastByProfile = Map<string, Map<string, Past>>;

const slackMs = 120_000;
const orderKeys = ["orderId", "updatedAt", "environment"];

/** Top-level keys of `properties` that the traits read; null when that cannot be told. */
export function propertiesRead(traits: readonly CompiledTrait[]): readonly string[] | null {
  const keys = new Set<string>();
  for (const { body } of traits) {
    if (isOrderTrait(eventsOf(body))) for (const key of orderKeys) keys.add(key);
    const text = JSON.stringify([body.where, body.lines, body.path]);
    // Keys of other characters are rare: then everything is read.
    if (/event\.properties(?!\.[A-Za-z0-9_]+["\\.])|\\/.test(text)) return null;
    for (const [, key] of text.matchAll(/event\.properties\.([A-Za-z0-9_]+)/g)) if (key !== undefined) keys.add(key);
    if (body.lines || /"item[."]|"items"|"product\./.test(text) || body.path?.startsWith("item")) {
      for (const key of ["items", "sku", "parentSku", "qty", "unitPrice", "lineTotal"]) keys.add(key);
    }
  }
  return [...keys];
}

function readsContext(traits: readonly CompiledTrait[]): boolean {
  return traits.some(({ body }) => JSON.stringify([body.where, body.path]).includes("event.context"));
}

/** Events before this instant can count for none of the traits any more. */
function oldestOf(traits: readonly CompiledTrait[], cutoff: number): number {
  const ages = traits.map(({ body }) =>
    isOrderTrait(eventsOf(body)) ? undefined : keptAgeOf(body.window as Window | undefined),
  );
  const oldest = ages.map((age) => (age === undefined ? Number.NEGATIVE_INFINITY : cutoff - age - slackMs));
  return Math.max(Math.min(...oldest), firstInstantMs);
}

type Counting = readonly { readonly hash: string; readonly collector: Collector }[];

function countEvent(past: PastByProfile, profileId: string, event: TraitEvent, counting: Counting): void {
  for (const { hash, collector } of counting) {
    if (!collector.types.includes(event.type)) continue;
    const collected = collector.collect(event);
    if (!collected || (collected.part === undefined && collected.skipped === 0)) continue;
    const own = past.get(profileId) ?? new Map<string, Past>();
    past.set(profileId, own);
    const known = own.get(hash);
    own.set(hash, {
      part: unitePart(known?.part, collected.part),
      skipped: (known?.skipped ?? 0) + collected.skipped,
    });
  }
}

export type CountOptions = {
  readonly store: TraitEventStore;
  readonly traits: readonly CompiledTrait[];
  readonly cutoff: number;
  /** Only events of these profiles, found by the identifiers they have now: the event store hears of a merge a moment later. */
  readonly of?: readonly Owner[];
  /** Only these profiles; default all. */
  readonly owns?: (profileId: string) => boolean;
  /** Called after each page with the number of events read so far. */
  readonly progress: (done: number) => Promise<void>;
  readonly isStopped: () => boolean;
};

/** @returns undefined when it was stopped */
export async function countPast(options: CountOptions): Promise<{ past: PastByProfile; events: number } | undefined> {
  const { store, traits, cutoff, of, owns, progress, isStopped } = options;
  const counting = traits.flatMap(({ hash, collector }) => (collector ? [{ hash, collector }] : []));
  const past: PastByProfile = new Map();
  const events = await walkPast(store, {
    types: [...new Set(counting.flatMap(({ collector }) => collector.types))],
    cutoff,
    properties: propertiesRead(traits),
    context: readsContext(traits),
    from: oldestOf(traits, cutoff),
    of,
    owns,
    // What the event store calls a kind of source is one; whether a sender proved the person is of no concern to traits.
    visit: (profileId, event) =>
      countEvent(
        past,
        profileId,
        { ...event, sourceKind: event.sourceKind as TraitEvent["sourceKind"], verified: false },
        counting,
      ),
    progress,
    isStopped,
  });
  return events === undefined ? undefined : { past, events };
}
