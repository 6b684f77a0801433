import { expect } from "vitest";
import { browser, unique } from "./decision-calls.ts";
import type { TestApp } from "./start-test-app.ts";

type OfferItem = {
  id: string;
  strategy: string;
  score: number | null;
  fallback?: boolean;
  representation: { html?: string };
};
type Trace = { offers: { offer: string; outcome: string; removedBy?: string; score?: number }[] };
export type OfferAnswer = {
  kind: string | null;
  value: { items: OfferItem[]; html?: string; propositionId: string; offerId?: string } | null;
  decisionId: string;
  reasons: { code: string }[];
  explain?: { considered: { outcome: string; detail?: Trace }[] };
};

export const ids = (answer: OfferAnswer) => answer.value?.items.map(({ id }) => id) ?? [];
export const removedBy = (answer: OfferAnswer) =>
  Object.fromEntries(
    (answer.explain?.considered[0]?.detail?.offers ?? []).map(({ offer, outcome, removedBy: by }) => [
      offer,
      by ?? outcome,
    ]),
  );

export const strategy = (name: string, of: string, more: object = {}) => ({
  type: "strategy",
  name,
  collection: of,
  ranking: { method: "priority" },
  ...more,
});
export const display = (decisionId: string, itemId: string, scope: string) => ({
  type: "propositionDisplay",
  properties: { decisionId, propositions: [{ id: decisionId, scope, itemId, action: "display" }] },
});

/** What tests of offers do with an app: publish placements, offers, collections and policies, ask. */
export function offerCalls(app: () => TestApp) {
  async function ask(body: object, headers = browser): Promise<OfferAnswer[]> {
    const answer = await app().call("POST", "/v1/decide", body, headers);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body["decisions"] as OfferAnswer[];
  }
  async function askOne(
    place: string,
    anonymousId?: string,
    more: object = {},
    headers = browser,
  ): Promise<OfferAnswer> {
    const identity = anonymousId === undefined ? {} : { identity: { anonymousId } };
    const [answer] = await ask({ ...identity, placements: [place], ...more }, headers);
    return answer!;
  }
  /** A placement by itself. @returns its key and name */
  async function place(contentType = "html") {
    const key = unique("place");
    await app().publish("offer-placement", key, { placement: key, channel: "web", contentType });
    return key;
  }
  async function offer(at: string | readonly string[], more: object = {}) {
    const key = unique("offer");
    const representations = [at].flat().map((placement) => ({ placement, html: `<p>${key}</p>` }));
    await app().publish("offer", key, { priority: 10, audiences: [], representations, ...more });
    return key;
  }
  async function collection(...offers: string[]) {
    const key = unique("collection");
    await app().publish("offer-collection", key, { offers });
    return key;
  }
  async function policy(at: string | readonly string[], entries: object[], more: object = {}) {
    const key = unique("policy");
    const body = {
      placements: [at].flat(),
      priority: 10,
      audiences: [],
      wanted: 1,
      emptyAllowed: true,
      entries,
      ...more,
    };
    await app().publish("offer-policy", key, body);
    return key;
  }

  return { ask, askOne, place, offer, collection, policy };
}
