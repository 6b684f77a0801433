/** Consents as rows: every shipped category stands there, also when nobody was asked. Pure; times in ms. */
import { messages } from "../messages.data.ts";
import type { Consent } from "./shapes.ts";

const m = messages.privacy.consents;
const dayMs = 86_400_000;
/** A grant without an end of its own is good for 24 months (docs/manual/privacy.md). */
export const grantDays = 730;

export const shippedCategories = ["necessary", "analytics", "personalisation", "marketing", "advertising"] as const;
const places: readonly string[] = shippedCategories;
const offUnlessGranted: ReadonlySet<string> = new Set(["marketing", "advertising"]);

export type ConsentRow = {
  readonly key: string;
  readonly category: string;
  readonly channel: string | null;
  /** Undefined: nobody has decided. */
  readonly consent: Consent | undefined;
  readonly expiresAt: number | null;
  readonly effect: "allowed" | "refused";
  /** The status in words. */
  readonly text: string;
};

export function consentRows(consents: Readonly<Record<string, Consent>>, nowMs: number): readonly ConsentRow[] {
  const keys = new Set<string>([...shippedCategories, ...Object.keys(consents)]);
  const order = (key: string): string => {
    const [category = ""] = key.split(":");
    const place = places.indexOf(category);
    return `${String(place === -1 ? 99 : place).padStart(2, "0")} ${key}`;
  };
  return [...keys].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map((key) => toRow(key, consents[key], nowMs));
}

function toRow(key: string, consent: Consent | undefined, nowMs: number): ConsentRow {
  const [category = key, channel = null] = key.split(":", 2);
  const isOff = offUnlessGranted.has(category);
  const row = { key, category, channel, consent, expiresAt: consent ? expiryOf(consent) : null };
  if (!consent) {
    if (category === "necessary") return { ...row, effect: "allowed", text: m.always };
    return isOff ? { ...row, effect: "refused", text: m.unsetOff } : { ...row, effect: "allowed", text: m.unsetOn };
  }
  if (row.expiresAt !== null && row.expiresAt <= nowMs)
    return { ...row, effect: isOff ? "refused" : "allowed", text: m.expired };
  const effect = consent.status === "granted" ? "allowed" : "refused";
  return { ...row, effect, text: m.statuses[consent.status] ?? consent.status };
}

/** Null: never. A refusal does not expire: time must not turn a no into a yes. */
export function expiryOf({ status, at, expiresAt }: Consent): number | null {
  if (status !== "granted") return null;
  if (expiresAt !== undefined) return new Date(expiresAt).getTime();
  return new Date(at).getTime() + grantDays * dayMs;
}

export function consentName(category: string, channel: string | null | undefined): string {
  const name = m.categories[category] ?? category;
  return channel ? m.channelOf(name, m.channels[channel] ?? channel) : name;
}

export function sourceName(source: string | undefined): string {
  if (source === undefined || source === "") return messages.common.none;
  return source === "browser-signal" ? m.signal : source;
}
