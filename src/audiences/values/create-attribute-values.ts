// Values that an attribute has, for the fields of the builder. Catalog values come from memory; those of people and events from a bounded
// sample, without personal data and without a value that fewer than three people share: a rare value tells of a person.
import type { Clock } from "../../kernel/index.ts";
import { type AttributeType, type ParsedPath, parsePath, type RuleObject, readerOf } from "../../kernel/rules/index.ts";
import type { AudienceRules } from "../audience-rules.ts";
import { withIdentifiers } from "../backfill.ts";
import type { SampleSource } from "../preview.ts";
import type { JudgedProfile } from "../shop-subject.ts";
import { type CatalogSource, catalogSourceOf, categoryValues, productValues, skuValues } from "./catalog-values.ts";
import { type FieldClass, isPersonalPath } from "./personal-paths.ts";
import type { EventValueStore } from "./store.clickhouse.ts";
import { createValueCounts, type KnownValue, searchValues } from "./value-counts.ts";

/** Where values come from. `personal`: they are not shown; `none`: values of this attribute are not chosen from a list. */
export type ValueSource = "known" | CatalogSource | "people" | "events" | "personal" | "none";

export type AttributeValuesDeps = {
  readonly rules: Pick<AudienceRules, "attributes" | "catalog">;
  readonly profiles: Pick<SampleSource, "sample" | "linksOf">;
  /** All `profile.` attributes of a profile as rules read them. */
  readonly attributesOf: (profile: JudgedProfile, nowMs: number) => RuleObject;
  readonly events: EventValueStore;
  readonly classes: () => Promise<readonly FieldClass[]>;
  /** Whether a value looks like an address, a number of a person and the like, whatever its class says. */
  readonly looksPersonal: (value: string) => boolean;
  readonly clock: Clock;
};

export type ValueQuestion = { readonly path: string; readonly search: string; readonly limit: number };
export type ValueAnswer = { readonly source: ValueSource; readonly items: readonly KnownValue[] };

const leastPeople = 3;
const sampledProfiles = 2_000;
const pageSize = 500;
const sampleMs = 1_000;
const eventAgeMs = 30 * 86_400_000;
const maxValues = 5_000;
const maxDepth = 6;
const keptMs = 60_000;
const maxKept = 100;
const chosen: ReadonlySet<AttributeType> = new Set(["text", "key", "list", "json"]);

/** Suggestions for the right-hand side of conditions. */
export function createAttributeValues(deps: AttributeValuesDeps) {
  const { rules, clock } = deps;
  const kept = new Map<string, { readonly at: number; readonly values: Promise<readonly KnownValue[]> }>();
  const catalogValues = new WeakMap<object, Map<string, readonly KnownValue[]>>();

  const ofPeople = async (keys: readonly string[]): Promise<readonly KnownValue[]> => {
    const nowMs = clock.now();
    const startedAt = performance.now();
    const read = readerOf(keys);
    const counts = createValueCounts(maxValues);
    let after: { readonly hash: number; readonly profileId: string } | null = null;
    for (let seen = 0; seen < sampledProfiles && performance.now() - startedAt < sampleMs; seen += pageSize) {
      const page: Awaited<ReturnType<SampleSource["sample"]>> = await deps.profiles.sample(after, pageSize);
      for (const profile of await withIdentifiers(page, deps.profiles))
        counts.add(read(deps.attributesOf(profile, nowMs)));
      const last = page.at(-1);
      if (!last || page.length < pageSize) break;
      after = { hash: last.hash, profileId: last.profileId };
    }
    return counts.atLeast(leastPeople);
  };

  const ofEvents = async (keys: readonly string[]): Promise<readonly KnownValue[]> => {
    const rows = await deps.events.valuesOf(keys, clock.now() - eventAgeMs, leastPeople);
    return rows.map(({ value, people }) => ({ value, count: people }));
  };

  const sample = async (path: ParsedPath, source: "people" | "events"): Promise<readonly KnownValue[]> => {
    const values = await (source === "people" ? ofPeople(path.keys) : ofEvents(path.keys.slice(1)));
    return values.filter(({ value }) => !deps.looksPersonal(value));
  };

  /** While somebody types, the sample of a minute ago serves. */
  const sampled = (path: ParsedPath, source: "people" | "events"): Promise<readonly KnownValue[]> => {
    const key = JSON.stringify(path);
    const known = kept.get(key);
    if (known && clock.now() - known.at < keptMs) return known.values;
    kept.delete(key);
    const values = sample(path, source);
    kept.set(key, { at: clock.now(), values });
    // A failure is not kept; whoever asked sees it.
    values.catch(() => kept.get(key)?.values === values && kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return values;
  };

  const ofProducts = (path: ParsedPath): readonly KnownValue[] => {
    const catalog = rules.catalog();
    const ofSnapshot = catalogValues.get(catalog) ?? new Map<string, readonly KnownValue[]>();
    catalogValues.set(catalog, ofSnapshot);
    const key = JSON.stringify(path.keys);
    const values = ofSnapshot.get(key) ?? productValues(catalog, path);
    if (ofSnapshot.size < maxKept) ofSnapshot.set(key, values);
    return values;
  };

  return {
    /** At most `limit` values whose text holds `search`, the most frequent first. */
    find: async ({ path: text, search, limit }: ValueQuestion): Promise<ValueAnswer> => {
      const path = parsePath(text);
      const spec = rules.attributes().find(text);
      const none: ValueAnswer = { source: "none", items: [] };
      if (!path || path.keys.length === 0 || path.keys.length > maxDepth) return none;
      if (spec?.values && spec.values.length > 0)
        return {
          source: "known",
          items: searchValues(
            spec.values.map((value) => ({ value })),
            search,
            limit,
          ),
        };
      const source = catalogSourceOf(path);
      if (source === "skus") return { source, items: skuValues(rules.catalog(), search, limit) };
      if (source === "categories")
        return { source, items: searchValues(categoryValues(rules.catalog()), search, limit) };
      if (spec && !chosen.has(spec.type)) return none;
      if (source === "products") return { source, items: searchValues(ofProducts(path), search, limit) };
      const isOfEvent = path.subject === "event" && path.keys[0] === "properties" && path.keys.length > 1;
      if (path.subject !== "profile" && !isOfEvent) return none;
      if (isPersonalPath(path, await deps.classes())) return { source: "personal", items: [] };
      const from = isOfEvent ? "events" : "people";
      return { source: from, items: searchValues(await sampled(path, from), search, limit) };
    },
  };
}

export type AttributeValues = ReturnType<typeof createAttributeValues>;
