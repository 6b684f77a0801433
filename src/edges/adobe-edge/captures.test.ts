import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  backOfficeCaptures,
  type Capture,
  captures,
  handleOf,
  org,
  replay,
  stateOf,
  storedEvents,
} from "../../testing/adobe/captures.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { decodeIdentityCookie } from "./identity-cookie.ts";

let app: TestApp;
/** The answers to each capture; those with events are sent three times. */
const answers = new Map<Capture, readonly Answer[]>();
beforeAll(async () => {
  app = await startTestApp({ config: { adobeOrgIds: ["5D41402ABC4B2A76B9719D91@AdobeOrg"] } });
  for (const capture of withEvents) {
    const other = { ...capture, request: { ...capture.request!, path: "/ee/v1/interact" } };
    answers.set(capture, [await replay(app, capture), await replay(app, capture), await replay(app, other)]);
  }
  // Consent after the events: some of it is an opt-out.
  for (const capture of [...edge, ...backOfficeCaptures])
    if (!answers.has(capture)) answers.set(capture, [await replay(app, capture)]);
  // All at once: each waits two seconds for a twin.
  await Promise.all(snowplow.map(async (capture) => void answers.set(capture, [await replay(app, capture)])));
  await app.settle();
});
afterAll(() => app.close());

const named = (list: readonly Capture[]) =>
  list.map((capture) => [capture.file.replace(".json", ""), capture] as const);
const edge = captures.filter(({ request }) => request?.path.startsWith("/ee/"));
const withEvents = edge.filter(({ request }) => Array.isArray(request?.body["events"]));
const snowplow = captures.filter(({ client }) => client === "snowplow");

const xdmOf = ({ request, body }: Capture) =>
  // biome-ignore lint/suspicious/noExplicitAny: a captured body
  ((request?.body["events"] as any)?.[0] ?? (body as any)?.event)?.xdm ?? {};

/** The one event of a capture in the event store. */
async function storedOf(capture: Capture) {
  const id = xdmOf(capture)._id ?? "";
  const requestId = capture.request?.query?.["requestId"] ?? "";
  const rows = await storedEvents(app, "event_id = {id:String} or startsWith(event_id, {request:String})", {
    id: id || "none",
    request: requestId ? `${requestId}:` : "none",
  });
  return rows;
}

it("has captures to replay", () => {
  if (captures.length === 0) console.warn("the folder of captured Adobe requests is absent: nothing is replayed");
  expect(captures.length === 0 || withEvents.length > 5).toBe(true);
});

describe.each(named(withEvents))("the capture %s", (_name, capture) => {
  it("is answered in the documented shape and stored once with its fields, however often it came", async () => {
    const [answer] = answers.get(capture)! as [Answer];
    expect(answer.status).toBe(200);
    expect(answer.body.requestId).toBe(capture.request?.query?.["requestId"]);
    expect(answer.body.errors).toBeUndefined();
    const expected = capture.acceptedResponse?.body?.handle.map(({ type }) => type) ?? [];
    expect(answer.body.handle?.map(({ type }) => type)).toEqual(expect.arrayContaining([...new Set(expected)]));
    const ecid = handleOf(answer, "identity:result")?.payload[0];
    expect(ecid).toEqual({ id: expect.stringMatching(/^\d{38}$/), namespace: { code: "ECID" } });
    expect(stateOf(answer, "cluster")).toBeDefined();

    const xdm = xdmOf(capture);
    const isDisplay = xdm.eventType === "decisioning.propositionDisplay";
    const rows = isDisplay
      ? await storedEvents(app, "event_type = 'propositionDisplay' and has(identifiers, {id:String})", {
          id: `ecid:${ecid.id}`,
        })
      : await storedOf(capture);
    expect(rows).toHaveLength(1);
    const [event] = rows;
    expect(event).toMatchObject({ source_kind: "edge", original_name: xdm.eventType ?? "custom" });
    expect(event?.identifiers).toContain(`ecid:${ecid.id}`);
    expect(event?.context.page.url).toBe(xdm.web.webPageDetails.URL);
    expect(event?.context.device).toBe("desktop");
    expect(event?.context.channel).toBe("https://ns.adobe.com/xdm/channels/web");
    if (!isDisplay) expect(event?.extra.xdm).toEqual(xdm);
    const scope = xdm.commerce?.commerceScope;
    if (scope)
      expect(event).toMatchObject({ store_view: scope.storeViewCode, context: { website: scope.websiteCode } });
    const items = xdm.productListItems as
      | { SKU: string; name?: string; quantity?: number; priceTotal?: number }[]
      | undefined;
    expect(event?.properties.items?.map((item: { sku: string }) => item.sku)).toEqual(items?.map(({ SKU }) => SKU));
    for (const [at, item] of (items ?? []).entries()) {
      const read = event?.properties.items[at];
      expect(read.qty).toBe(item.quantity);
      if (item.priceTotal === undefined) continue;
      const price = xdm.eventType === "commerce.productViews" ? read.unitPrice : read.lineTotal;
      expect(price.minor).toBe(Math.round(item.priceTotal * 100));
    }
    if (xdm.commerce?.cart) expect(event?.properties.cartId).toBe(xdm.commerce.cart.cartID);
    if (xdm.searchRequest) expect(event?.properties.searchId).toBe(xdm.searchRequest.id);
    if (xdm.commerce?.requisitionList) expect(event?.properties.listId).toBe(xdm.commerce.requisitionList.ID);
    if (xdm.commerce?.order?.purchaseID) expect(event?.properties.orderId).toBe(xdm.commerce.order.purchaseID);
    if (xdm.person?.accountID) expect(event?.identifiers).toContain(`user_id:${xdm.person.accountID}`);
  });

  it("is answered alike when it is sent again, and by a path without a location hint", () => {
    const [first, ...others] = answers.get(capture)! as [Answer, ...Answer[]];
    for (const answer of others) {
      expect(answer.status).toBe(200);
      const types = (each: Answer) => new Set(each.body.handle?.map(({ type }) => type));
      expect(types(answer)).toEqual(types(first));
    }
  });
});

describe.each(named(edge.filter(({ request }) => request?.path.endsWith("identity/acquire"))))(
  "%s",
  (_name, capture) => {
    it("gets an identity and an entry that decodes to it", async () => {
      const [answer] = answers.get(capture)! as [Answer];
      expect(answer.status).toBe(200);
      const ecid = handleOf(answer, "identity:result")?.payload[0].id;
      expect(decodeIdentityCookie(stateOf(answer, "identity") ?? "")?.ecid).toBe(ecid);
      expect(JSON.stringify(answer.body)).toContain(`kndctr_${org}_identity`);
    });
  },
);

describe.each(named(edge.filter(({ request }) => request?.path.endsWith("set-consent"))))("%s", (_name, capture) => {
  it("gets its consent entry, and the profile gets the decision", async () => {
    const [answer] = answers.get(capture)! as [Answer];
    expect(answer.status).toBe(200);
    // biome-ignore lint/suspicious/noExplicitAny: a captured body
    const [{ value: stated }] = capture.request!.body["consent"] as any;
    const general = stated.general ?? (stated.collect?.val === "n" ? "out" : "in");
    expect(stateOf(answer, "consent")).toBe(`general=${general}`);
    const ecid = handleOf(answer, "identity:result")?.payload[0].id;
    const rows = await storedEvents(app, "event_type = 'consentUpdated' and has(identifiers, {id:String})", {
      id: `ecid:${ecid}`,
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.context.consent.categoryPreferences.analytics).toBe(general === "in");
  });
});

describe.each(named(snowplow))("the second stream's %s", (_name, capture) => {
  it("is stored once, with its contexts read", async () => {
    const [answer] = answers.get(capture)! as [Answer];
    expect(answer.status).toBe(200);
    expect(answer.headers["access-control-allow-origin"]).toBe("https://www.shop.test");
    expect(answer.headers["access-control-allow-credentials"]).toBe("true");
    // biome-ignore lint/suspicious/noExplicitAny: a captured body
    const [payload] = capture.request!.body["data"] as any;
    const rows = await storedEvents(app, "event_id = {id:String}", { id: payload.eid });
    expect(rows).toHaveLength(1);
    const [event] = rows;
    expect(event).toMatchObject({ source_kind: "snowplow", store_view: "default" });
    expect(event?.identifiers).toEqual([`duid:${payload.duid}`]);
    expect(event?.context).toMatchObject({ website: "base", sessionId: payload.sid, page: { url: payload.url } });
    // Whatever the action: what the contexts name is in the properties.
    const text = JSON.stringify(event?.properties);
    // biome-ignore lint/suspicious/noExplicitAny: a captured body
    const contexts = (capture as any).decoded.contexts as { schema: string; data: any }[];
    for (const { schema, data } of contexts) {
      if (schema.includes("/product/") || schema.includes("recommended-item")) expect(text).toContain(data.sku);
      if (schema.includes("search-input") || schema.includes("search-results"))
        expect(text).toContain(data.searchRequestId);
      if (schema.includes("/recommendation-unit/")) expect(text).toContain(data.unitId);
      if (schema.includes("/shopping-cart/")) expect(text).toContain(data.cartId);
      if (schema.includes("search-result-product"))
        expect(event?.properties.items[0]).toMatchObject({ sku: data.sku, rank: data.rank });
    }
  });
});

describe.each(named(backOfficeCaptures))("the back office's %s", (_name, capture) => {
  it("is taken by the server API and stored once with its fields", async () => {
    expect(answers.get(capture)).toMatchObject([{ status: 200 }]);
    const xdm = xdmOf(capture);
    const rows = await storedEvents(
      app,
      xdm._id ? "event_id = {id:String}" : "event_type = 'profileRecord'",
      xdm._id ? { id: xdm._id } : {},
    );
    expect(rows).toHaveLength(1);
    const [event] = rows;
    expect(event?.source_kind).toBe("server");
    expect(event?.original_name).toBe(xdm.eventType ?? "profileRecord");
    expect(event?.event_type).not.toBe(xdm.eventType);
    const { properties } = event!;
    const order = xdm.commerce?.order;
    if (order) expect(properties.orderId).toBe(order.purchaseID);
    if (order?.returns) expect(properties.returnId).toBe(order.returns.returnID);
    if (xdm.commerce?.shipping?.trackingNumber)
      expect(properties.trackingNumber).toBe(String(xdm.commerce.shipping.trackingNumber));
    if (order?.payments) expect(properties.payments[0].transactionId).toBe("ch_3PqX");
    if (xdm.person?.name) expect(properties.traits.lastName).toBe(xdm.person.name.lastName);
    if (xdm.personalEmail) expect(event?.identifiers).toContain(`email:${xdm.personalEmail.address}`);
    if (xdm.identityMap.CustomerId) expect(event?.identifiers).toContain("user_id:4711");
  });
});
