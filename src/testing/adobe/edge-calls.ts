// What the tests of the Edge do with an app: send events as a browser, look at answers, identities and stored events.
import { expect } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import type { TestApp } from "../start-test-app.ts";
import { type Answer, edgeKey, handleOf, post, stateOf, storedEvents } from "./captures.ts";

export const org = "AAAA_AdobeOrg";
export const edgeConfig = { adobeOrgIds: ["AAAA@AdobeOrg"], adobeFpidCookie: "shop_fpid" };
export const pageViews = "web.webpagedetails.pageViews";
export const schemas = ["dom-action", "html-content-item", "json-content-item"].map(
  (name) => `https://ns.adobe.com/personalization/${name}`,
);
export const serverToken = { authorization: `Bearer ${demoCredentials.token}` };
export const fetchEcid = { identity: { fetch: ["ECID"] } };
export const meta = { state: { domain: "shop.test", cookiesEnabled: true } };
export const scope = { environmentID: "env-1", websiteCode: "base", storeCode: "main", storeViewCode: "pt" };

let count = 0;
/** A name that no other test of the file has. */
export function uniqueName(name: string): string {
  count += 1;
  return `${name}-${count}`;
}

export function edgeEvent(eventType: string, more: object = {}): Record<string, unknown> {
  const web = { webPageDetails: { URL: "https://www.shop.test/a.html" } };
  return { xdm: { eventType, timestamp: new Date().toISOString(), web, ...more } };
}

export const interactPath = (requestId = uniqueName("request")) =>
  `/ee/v1/interact?configId=${edgeKey}&requestId=${requestId}`;

export const ecidOf = (answer: Answer) => handleOf(answer, "identity:result")?.payload[0].id as string;
export const cookieOf = (answer: Answer) => ({ cookie: `kndctr_${org}_identity=${stateOf(answer, "identity")}` });

export function edgeCalls(app: () => TestApp) {
  const interact = (
    events: readonly object[],
    headers: Record<string, string> = {},
    more: object = {},
  ): Promise<Answer> => post(app(), interactPath(), { events, query: fetchEcid, meta, ...more }, headers);

  return {
    interact,
    /** A new browser that has been here once. */
    visitor: async (first: Record<string, unknown> = edgeEvent(pageViews)) => {
      const answer = await interact([first]);
      expect(answer.status).toBe(200);
      return { ecid: ecidOf(answer), headers: cookieOf(answer), answer };
    },
    eventsOf: (ecid: string, type = "%") =>
      storedEvents(app(), "has(identifiers, {id:String}) and event_type like {type:String}", {
        id: `ecid:${ecid}`,
        type,
      }),
    profileOf: async (namespace: string, value: string) => {
      await app().settle();
      return (await app().call("GET", `/v1/profiles/by/${namespace}/${encodeURIComponent(value)}`)).body;
    },
    /** Publishes an audience of everybody with an event of that name, and waits until it is live. */
    audienceOf: async (name: string): Promise<string> => {
      const key = uniqueName("audience");
      await app().publish("audience", key, { rule: { event: { name } } });
      const progress = async () => (await app().call("GET", `/v1/audiences/${key}/members`)).body["progress"];
      await expect.poll(progress).toMatchObject({ status: "live" });
      return key;
    },
  };
}
