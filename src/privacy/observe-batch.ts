// What a batch of events means for privacy, written in the batch's own transaction: changes of consent, and accounts that were
// deleted in the shop.
import { createHash } from "node:crypto";
import { type Clock, newId } from "../kernel/index.ts";
import {
  type ConsentDecision,
  consentKey,
  decisionsOf,
  type ObserveBatch,
  type ResolvedEvent,
} from "../profiles/index.ts";
import type { NewRequest, RequestStore } from "./store.ts";
import type { ConsentChange, ConsentStore } from "./store-consents.ts";

export type ObserveDeps = { readonly requests: RequestStore; readonly consents: ConsentStore; readonly clock: Clock };

/** Consents that were written lately: a browser repeats them with every page. */
const maxRemembered = 100_000;

type Remembered = { readonly value: string; readonly messageId: string };
/** The decisions of the last event of a profile that brought something new. */
type Last = { readonly decisions: readonly ConsentDecision[]; readonly messageId: string };

function saysTheSame(a: readonly ConsentDecision[], b: readonly ConsentDecision[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        one.category === other.category &&
        one.channel === other.channel &&
        one.consent.status === other.consent.status &&
        one.consent.textVersion === other.consent.textVersion
      );
    })
  );
}

function setBounded<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= maxRemembered) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

function changesIn(
  { event, profileId }: ResolvedEvent,
  decisions: readonly ConsentDecision[],
): readonly ConsentChange[] {
  return decisions.map(({ category, channel, consent }) => ({
    profileId,
    category,
    channel: channel ?? "",
    status: consent.status,
    at: consent.at,
    source: consent.source,
    textVersion: consent.textVersion ?? null,
    expiresAt: consent.expiresAt ?? null,
    proof: consent.proof ?? null,
    messageId: event.messageId,
  }));
}

function hashedUuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** The shop's own word that an account is gone. History tells of accounts that may live again. */
function asksToErase({ event }: ResolvedEvent): boolean {
  return event.type === "accountDeleted" && event.verified && event.sourceKind !== "history";
}

/** The observer for `createProfiles`. */
export function createPrivacyObserver({ requests, consents, clock }: ObserveDeps): ObserveBatch {
  const remembered = new Map<string, Remembered>();
  const lastNews = new Map<string, Last>();

  const isNews = (change: ConsentChange): boolean => {
    const key = `${change.profileId} ${consentKey(change.category, change.channel)}`;
    const known = remembered.get(key);
    // The same message again: its batch was rolled back and is worked out anew.
    return known === undefined || known.messageId === change.messageId || known.value !== meaningOf(change);
  };
  const remember = (change: ConsentChange): void => {
    const key = `${change.profileId} ${consentKey(change.category, change.channel)}`;
    setBounded(remembered, key, { value: meaningOf(change), messageId: change.messageId });
  };

  return (resolved) => {
    const changes: ConsentChange[] = [];
    const inBatch = new Map<string, string>();
    const news = new Map<string, Last>();
    for (const each of resolved) {
      const { event, profileId } = each;
      const decisions = decisionsOf(event);
      if (decisions.length === 0) continue;
      // Nearly every page view repeats what the one before it said.
      const last = news.get(profileId) ?? lastNews.get(profileId);
      if (last && last.messageId !== event.messageId && saysTheSame(last.decisions, decisions)) continue;
      const before = changes.length;
      for (const change of changesIn(each, decisions)) {
        const key = `${change.profileId} ${consentKey(change.category, change.channel)}`;
        // One entry of several equal ones in a row.
        if (inBatch.get(key) === meaningOf(change) || !isNews(change)) continue;
        inBatch.set(key, meaningOf(change));
        changes.push(change);
      }
      if (changes.length > before) news.set(profileId, { decisions, messageId: event.messageId });
    }
    const deleted = resolved.filter(asksToErase);
    if (changes.length === 0 && deleted.length === 0) return null;
    return async (tx) => {
      if (changes.length > 0) await consents.append(tx, changes);
      for (const { event, profileId } of deleted) {
        const request: NewRequest = {
          requestId: newId(clock.now()),
          mode: "delete",
          profileId,
          person: null,
          reason: "the shop deleted the account",
          requestedBy: `source:${event.sourceId}`,
          sourceEvent: hashedUuid(`${event.sourceId}\0${event.messageId}`),
          at: clock.now(),
        };
        await requests.insert(tx, request);
      }
      for (const change of changes) remember(change);
      for (const [profileId, last] of news) setBounded(lastNews, profileId, last);
    };
  };
}

function meaningOf({ status, textVersion }: ConsentChange): string {
  return `${status} ${textVersion ?? ""}`;
}
