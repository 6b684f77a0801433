// Written attributes, kept by source so that any merge policy can be worked out, in whatever order the writes arrive.
import type { CanonicalEvent } from "../collect/index.ts";
import { isObject, type JsonValue } from "../kernel/index.ts";
import type { Attribute, Fragment, MergePolicy, ProfileState } from "./profile.ts";

const keptAttributes = 500;
/** Of the JSON text of a written attribute; a larger one is left out. */
export const maxAttributeBytes = 4_096;
const maxSources = 20;
const maxUnion = 500;

/** Newest first: time of the event, then of its receipt, then message id. */
function isNewer(a: Fragment, b: Fragment): boolean {
  if (a.at !== b.at) return a.at > b.at;
  const [first, second] = [a.receivedAt ?? a.at, b.receivedAt ?? b.at];
  if (first !== second) return first > second;
  return (a.messageId ?? "") > (b.messageId ?? "");
}

function isEmpty(value: JsonValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Of two writes of one source, the one that stands for it. */
function standing(a: Fragment, b: Fragment, policy: MergePolicy): Fragment {
  if (policy === "non_empty" && isEmpty(a.value) !== isEmpty(b.value)) return isEmpty(a.value) ? b : a;
  return isNewer(a, b) === (policy !== "oldest") ? a : b;
}

type Entry = readonly [sourceId: string, fragment: Fragment];

function toNumber(value: JsonValue): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function winner(entries: readonly Entry[], policy: MergePolicy): Entry | undefined {
  const wins = (a: Entry, b: Entry): Entry => {
    if (typeof policy === "object") {
      const rank = ([sourceId]: Entry) => policy.sourceOrder.indexOf(sourceId) + 1 || policy.sourceOrder.length + 1;
      if (rank(a) !== rank(b)) return rank(a) < rank(b) ? a : b;
    }
    if (policy === "max") {
      const [x, y] = [toNumber(a[1].value), toNumber(b[1].value)];
      if (x !== y) return (x ?? Number.NEGATIVE_INFINITY) > (y ?? Number.NEGATIVE_INFINITY) ? a : b;
    }
    return standing(a[1], b[1], policy) === a[1] ? a : b;
  };
  return entries.reduce<Entry | undefined>(
    (best, entry) => (best === undefined ? entry : wins(best, entry)),
    undefined,
  );
}

function combined(entries: readonly Entry[], policy: MergePolicy): JsonValue | undefined {
  if (policy === "sum") {
    const numbers = entries.flatMap(([, { value }]) => toNumber(value) ?? []);
    return numbers.length === 0 ? undefined : numbers.reduce((sum, number) => sum + number, 0);
  }
  if (policy !== "union") return undefined;
  const values = new Map<string, JsonValue>();
  for (const [, { value }] of entries)
    for (const each of Array.isArray(value) ? value : [value]) values.set(JSON.stringify(each), each);
  return [...values.values()].slice(0, maxUnion);
}

/** The attribute that these fragments make. */
function resolve(entries: readonly Entry[], policy: MergePolicy): Attribute | undefined {
  // Sums and unions go over the sources in a fixed order, whichever wrote first.
  const ordered = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const best = winner(ordered, policy);
  if (best === undefined) return undefined;
  const [sourceId, fragment] = best;
  const value = combined(ordered, policy) ?? fragment.value;
  return {
    ...fragment,
    value,
    sourceId,
    ...(policy === "latest" ? {} : { policy }),
    ...(ordered.length > 1 || value !== fragment.value ? { fragments: Object.fromEntries(ordered) } : {}),
  };
}

function entriesOf(attribute: Attribute): readonly Entry[] {
  const { sourceId, policy: _policy, fragments, ...own } = attribute;
  return fragments ? Object.entries(fragments) : [[sourceId, own]];
}

function join(a: readonly Entry[], b: readonly Entry[], policy: MergePolicy): Attribute | undefined {
  const bySource = new Map<string, Fragment>(a);
  for (const [sourceId, fragment] of b) {
    const known = bySource.get(sourceId);
    bySource.set(sourceId, known ? standing(known, fragment, policy) : fragment);
  }
  let entries: readonly Entry[] = [...bySource];
  if (entries.length > maxSources)
    entries = [...entries].sort((x, y) => (isNewer(x[1], y[1]) ? -1 : 1)).slice(0, maxSources);
  return resolve(entries, policy);
}

function write(known: Attribute | undefined, sourceId: string, fragment: Fragment, policy: MergePolicy): Attribute {
  if (policy === "latest" && (known === undefined || (known.sourceId === sourceId && known.fragments === undefined)))
    return known && isNewer(known, fragment) ? known : { ...fragment, sourceId };
  // With an entry there is a winner.
  return join(known ? entriesOf(known) : [], [[sourceId, fragment]], policy) ?? { ...fragment, sourceId };
}

/** The attribute of two profiles that were one person. */
export function mergeAttribute(a: Attribute, b: Attribute): Attribute {
  // A policy that was changed between both holds from the newer write on.
  const policy = (isNewer(b, a) ? b : a).policy ?? "latest";
  return join(entriesOf(a), entriesOf(b), policy) ?? a;
}

/** The attribute without what was written before a time; undefined when nothing is left. */
export function youngAttribute(attribute: Attribute, before: number): Attribute | undefined {
  return resolve(
    entriesOf(attribute).filter(([, { at }]) => at >= before),
    attribute.policy ?? "latest",
  );
}

/** The name under which a trait is kept: snake_case, at most 100 characters. */
export function toSnakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .slice(0, 100);
}

/** Attributes after the `traits` of an event. @param policyOf merge policy by attribute; default `latest` */
export function foldAttributes(
  attributes: ProfileState["attributes"],
  event: CanonicalEvent,
  policyOf: ((attribute: string) => MergePolicy | undefined) | undefined,
): ProfileState["attributes"] {
  const { traits } = event.properties;
  if (!isObject(traits)) return attributes;
  const { timestamp: at, receivedAt, messageId, sourceId } = event;
  const next: Record<string, Attribute> = { ...attributes };
  let size = Object.keys(next).length;
  // Values of an event are JSON by construction.
  for (const [key, value] of Object.entries(traits as Record<string, JsonValue>)) {
    const name = toSnakeCase(key);
    const known = Object.hasOwn(next, name) ? next[name] : undefined;
    if (known === undefined && size >= keptAttributes) break;
    if (JSON.stringify(value).length > maxAttributeBytes) continue;
    if (known === undefined) size += 1;
    // `__proto__` is a name like any other.
    Object.defineProperty(next, name, {
      value: write(known, sourceId, { value, at, receivedAt, messageId }, policyOf?.(name) ?? "latest"),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return next;
}
