/** Leaves over what other capabilities keep: audiences, consent, subscriptions, journeys, messages, buckets, lists, places. */
import { hashToUnit } from "../hashing.ts";
import { isObject } from "../json.ts";
import { countTest, countWords, judgeTimes } from "./compile-event.ts";
import { attributeAt, brokenNode, type CompiledNode, type Explanation, neverChanges, type Scope } from "./compiled.ts";
import { toDecimalNumber } from "./decimal.ts";
import type {
  AudienceLeaf,
  BucketLeaf,
  ConsentLeaf,
  GeoLeaf,
  JourneyLeaf,
  MessageLeaf,
  SubscriptionLeaf,
} from "./grammar.ts";
import { frameReader } from "./operand.ts";
import type { Frame, MessageQuery } from "./subject.ts";
import { parseDuration } from "./time.ts";
import { compileWindow } from "./window.ts";

type Test = (frame: Frame) => boolean;

function leafNode(
  node: string,
  sentence: string,
  test: Test,
  observed: (frame: Frame) => unknown,
  next: (frame: Frame) => number = neverChanges,
): CompiledNode {
  const explain = (frame: Frame): Explanation => ({
    node,
    truth: test(frame),
    sentence,
    observed: observed(frame) ?? null,
  });
  return { test, next, explain, broken: false };
}

/** Membership; `for` asks that it has lasted without a break. */
export function compileAudience(leaf: AudienceLeaf, scope: Scope): CompiledNode {
  const ids = leaf.ids ?? (leaf.id === undefined ? [] : [leaf.id]);
  for (const id of ids) scope.usage.audiences.add(id);
  const member = leaf.member ?? true;
  const wording = `${member ? "is in" : "is not in"} ${ids.length > 1 ? "one of the audiences" : "the audience"} ${ids.join(", ")}`;
  const sentence = leaf.for === undefined ? wording : `${wording} for at least ${leaf.for}`;
  const { exists } = scope.environment;
  if (exists && ids.length > 0 && !ids.some((id) => exists("audience", id))) {
    return brokenNode("audience", `${sentence}: it is gone`);
  }
  const isMember: Test = (frame) => ids.some((id) => frame.subject.member?.(id) !== undefined);
  const observed = (frame: Frame): unknown => ids.filter((id) => frame.subject.member?.(id) !== undefined);
  const duration = leaf.for === undefined ? undefined : parseDuration(leaf.for);
  const [id] = ids;
  if (duration === undefined || id === undefined) {
    return leafNode("audience", sentence, (frame) => isMember(frame) === member, observed);
  }
  const since = (frame: Frame): number | undefined => {
    const membership = frame.subject.member?.(id);
    if ((membership !== undefined) !== member) return undefined;
    return membership ? membership.since : frame.subject.outsideSince?.(id);
  };
  const test: Test = (frame) => {
    const at = since(frame);
    return at !== undefined && frame.now - at >= duration;
  };
  return leafNode("audience", sentence, test, since, (frame) => {
    const at = since(frame);
    return at !== undefined && at + duration > frame.now ? at + duration : Number.POSITIVE_INFINITY;
  });
}

export function compileSubscription(leaf: SubscriptionLeaf): CompiledNode {
  const status = (frame: Frame): unknown => frame.subject.subscription?.(leaf.group);
  return leafNode("subscription", `${leaf.group} is ${leaf.status}`, (frame) => status(frame) === leaf.status, status);
}

export function compileConsent(leaf: ConsentLeaf): CompiledNode {
  const status = (frame: Frame): unknown => frame.subject.consent?.(leaf.category, leaf.channel) ?? "unset";
  const where = leaf.channel === undefined ? "" : ` on ${leaf.channel}`;
  return leafNode(
    "consent",
    `consent to ${leaf.category}${where} is ${leaf.status}`,
    (frame) => status(frame) === leaf.status,
    status,
    (frame) => {
      const at = frame.subject.consentChangesAt?.(leaf.category, leaf.channel);
      return at !== undefined && at > frame.now ? at : Number.POSITIVE_INFINITY;
    },
  );
}

export function compileJourney(leaf: JourneyLeaf, scope: Scope): CompiledNode {
  const sentence = `journey ${leaf.id} is ${leaf.state}${leaf.within === undefined ? "" : ` within ${leaf.within}`}`;
  if (scope.environment.exists?.("journey", leaf.id) === false) return brokenNode("journey", `${sentence}: it is gone`);
  const instance = (frame: Frame): { state: string; at: number } | undefined => frame.subject.journey?.(leaf.id);
  if (leaf.state === "never") return leafNode("journey", sentence, (frame) => instance(frame) === undefined, instance);
  const within = leaf.within === undefined ? Number.POSITIVE_INFINITY : (parseDuration(leaf.within) ?? 0);
  const test: Test = (frame) => {
    const latest = instance(frame);
    return latest?.state === leaf.state && frame.now - latest.at <= within;
  };
  return leafNode("journey", sentence, test, instance, (frame) => {
    const latest = instance(frame);
    const at = latest ? latest.at + within + 1 : Number.POSITIVE_INFINITY;
    return at > frame.now ? at : Number.POSITIVE_INFINITY;
  });
}

export function compileMessage(leaf: MessageLeaf, scope: Scope): CompiledNode {
  const window = compileWindow(leaf.window, scope.environment.timezone ?? "UTC");
  const holds = countTest(leaf.count);
  const { template, journey, channel, event } = leaf;
  const query: MessageQuery = {
    event,
    ...(template === undefined ? {} : { template }),
    ...(journey === undefined ? {} : { journey }),
    ...(channel === undefined ? {} : { channel }),
  };
  const sentence = `message ${template ?? journey ?? channel} ${event} ${countWords(leaf.count)} times${window?.words ?? ""}`;
  if (!window || !holds) return brokenNode("message", `${sentence}: it cannot be read`);
  const none: readonly number[] = [];
  const judged = judgeTimes(window, holds, (frame) => frame.subject.messageTimes?.(query) ?? none);
  return leafNode("message", sentence, judged.test, judged.observed, judged.next);
}

/** A stable share of profiles: `from` ≤ n < `to` of 10,000. */
export function compileBucket(leaf: BucketLeaf): CompiledNode {
  const bucket = (frame: Frame): number | undefined => {
    const value = frame.subject.bucketValue;
    return value === undefined ? undefined : Math.round(hashToUnit(leaf.salt, value) * 10_000);
  };
  const test: Test = (frame) => {
    const n = bucket(frame);
    return n !== undefined && n >= leaf.from && n < leaf.to;
  };
  return leafNode("bucket", `bucket of ${leaf.salt} is from ${leaf.from} to below ${leaf.to}`, test, bucket);
}

export function compileList(leaf: { readonly id: string }, scope: Scope): CompiledNode {
  const sentence = `is in the list ${leaf.id}`;
  if (scope.environment.exists?.("list", leaf.id) === false) return brokenNode("list", `${sentence}: it is gone`);
  const test: Test = (frame) => frame.subject.inList?.(leaf.id) ?? false;
  return leafNode("list", sentence, test, test);
}

const earthRadiusKm = 6371.0088;

export function compileGeo(leaf: GeoLeaf, scope: Scope): CompiledNode {
  const read = frameReader(leaf.path);
  const { lat, lon, km } = leaf.within;
  const sentence = `${leaf.path} is within ${km} km of ${lat}, ${lon}`;
  if (!read || !attributeAt(leaf.path, scope)) return brokenNode("geo", `${sentence}: it is not known`);
  if (leaf.path.startsWith("context.")) scope.usage.usesContext = true;
  const distance = (frame: Frame): number | undefined => distanceKm(read(frame), lat, lon);
  const test: Test = (frame) => {
    const at = distance(frame);
    return at !== undefined && at <= km;
  };
  return leafNode("geo", sentence, test, distance);
}

/** Great circle (haversine). */
function distanceKm(point: unknown, lat: number, lon: number): number | undefined {
  if (!isObject(point)) return undefined;
  const { lat: rawLat, lon: rawLon } = point;
  const [pointLat, pointLon] = [toDecimalNumber(rawLat), toDecimalNumber(rawLon)];
  if (typeof pointLat !== "number" || typeof pointLon !== "number") return undefined;
  const radians = Math.PI / 180;
  const half = (degrees: number): number => Math.sin((degrees * radians) / 2) ** 2;
  const chord = half(pointLat - lat) + Math.cos(lat * radians) * Math.cos(pointLat * radians) * half(pointLon - lon);
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord)));
}
