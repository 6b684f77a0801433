// Contact outside the pages of the shop: e-mails and what became of them, visits to a store, channels, hours.
import type { CanonicalEvent } from "../collect/index.ts";
import { fnv1a, isObject } from "../kernel/index.ts";
import { readText } from "./event-lines.ts";
import { channelOf } from "./fold-orders.ts";
import type { Engagement, ProfileState } from "./profile.ts";

const hourMs = 3_600_000;
const keptEmails = 200;
const keptVisits = 200;
const keptChannels = 20;

const nothing: Engagement = { email: [], hours: [], channels: {}, storeVisits: [] };

/** What happened to an e-mail, in the code of the list. */
export const emailCodes: Readonly<Record<string, number>> = {
  messageSent: 0,
  messageDelivered: 1,
  messageOpened: 2,
  messageClicked: 3,
};
const storeChannels = new Set(["pos", "store", "in_store", "in-store", "retail"]);

/** Scanners open and click as well. */
function isMachine({ properties }: CanonicalEvent): boolean {
  return properties["machine"] === true;
}

function insertTimes(times: readonly number[], at: number, kept: number): readonly number[] {
  const next = [...times];
  let place = next.length;
  while (place > 0 && (next[place - 1] ?? 0) > at) place -= 1;
  next.splice(place, 0, at);
  return next.slice(-kept);
}

type Triple = readonly [at: number, code: number, hash: number];

function triples(list: readonly number[]): Triple[] {
  const found: Triple[] = [];
  for (let at = 0; at < list.length; at += 3) found.push([list[at] ?? 0, list[at + 1] ?? 0, list[at + 2] ?? 0]);
  return found;
}

function newest(list: Triple[]): readonly number[] {
  return list
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
    .slice(-keptEmails)
    .flat();
}

function addHour(hours: readonly number[], at: number): readonly number[] {
  const next = hours.length === 24 ? [...hours] : new Array<number>(24).fill(0);
  const hour = Math.floor((((at % (24 * hourMs)) + 24 * hourMs) % (24 * hourMs)) / hourMs);
  next[hour] = (next[hour] ?? 0) + 1;
  return next;
}

function foldMessage(known: Engagement, event: CanonicalEvent): Engagement {
  const code = emailCodes[event.type];
  if (code === undefined || isMachine(event)) return known;
  const hours = code >= 2 ? addHour(known.hours, event.timestamp) : known.hours;
  const channel = readText(event.properties["channel"], 40)?.toLowerCase() ?? "email";
  if (channel !== "email") return { ...known, hours };
  const key = readText(event.properties["sendKey"], 200) ?? readText(event.properties["templateId"], 200) ?? "";
  return { ...known, hours, email: newest([...triples(known.email), [event.timestamp, code, fnv1a(key)]]) };
}

function isVisit(event: CanonicalEvent, channel: string | undefined): boolean {
  if (event.type === "storeVisit") return true;
  return event.type === "orderPlaced" && channel !== undefined && storeChannels.has(channel);
}

/** Says nothing: most page views. */
function isSilent({ type, context, properties }: CanonicalEvent): boolean {
  const named = context["channel"] ?? properties["channel"];
  if (named !== undefined && (typeof named === "string" || isObject(named))) return false;
  return !(type in emailCodes) && type !== "storeVisit" && type !== "orderPlaced" && type !== "completeCheckout";
}

/** Engagement after an event. */
export function foldEngagement(state: ProfileState["engagement"], event: CanonicalEvent): ProfileState["engagement"] {
  if (isSilent(event)) return state;
  let next = event.type in emailCodes ? foldMessage(state ?? nothing, event) : (state ?? nothing);
  // The browser's report of a purchase has the hour; the back office may place it later.
  if (event.type === "completeCheckout") next = { ...next, hours: addHour(next.hours, event.timestamp) };
  const channel = event.type in emailCodes ? undefined : channelOf(event);
  if (channel) {
    const known = Object.hasOwn(next.channels, channel) ? (next.channels[channel] ?? 0) : undefined;
    const isKept = known !== undefined || Object.keys(next.channels).length < keptChannels;
    if (isKept && channel !== "__proto__")
      next = { ...next, channels: { ...next.channels, [channel]: (known ?? 0) + 1 } };
  }
  if (isVisit(event, channel)) {
    next = { ...next, storeVisits: insertTimes(next.storeVisits, event.timestamp, keptVisits) };
  }
  return next === nothing ? state : next;
}

/** Engagement of two profiles that were one person. */
export function mergeEngagement(a: Engagement | null, b: Engagement | null): Engagement | null {
  if (!a || !b) return a ?? b;
  const channels: Record<string, number> = { ...a.channels };
  for (const [channel, count] of Object.entries(b.channels)) channels[channel] = (channels[channel] ?? 0) + count;
  const hours = a.hours.length === 0 ? b.hours : a.hours.map((count, hour) => count + (b.hours[hour] ?? 0));
  return {
    channels,
    hours,
    email: newest([...triples(a.email), ...triples(b.email)]),
    storeVisits: b.storeVisits.reduce<readonly number[]>(
      (times, at) => insertTimes(times, at, keptVisits),
      a.storeVisits,
    ),
  };
}
