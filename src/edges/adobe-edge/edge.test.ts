import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, edgeKey, handleOf, post, shopOrigin, stateOf } from "../../testing/adobe/captures.ts";
import {
  ecidOf,
  edgeCalls,
  edgeConfig,
  edgeEvent,
  fetchEcid,
  interactPath,
  meta,
  org,
  pageViews,
  scope,
  uniqueName,
} from "../../testing/adobe/edge-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { ecidOfFpid, mintEcid } from "./ecid.ts";
import { decodeIdentityCookie } from "./identity-cookie.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: edgeConfig });
});
afterAll(() => app.close());
const { eventsOf, interact, profileOf, visitor } = edgeCalls(() => app);

describe("identity", () => {
  it("is made at the first hit, and kept at the second by cookie or state entry", async () => {
    const { ecid, headers, answer } = await visitor();
    expect(ecid).toMatch(/^\d{38}$/);
    const entry = stateOf(answer, "identity")!;
    expect(decodeIdentityCookie(entry)?.ecid).toBe(ecid);

    const byCookie = await interact([edgeEvent(pageViews)], headers);
    expect(ecidOf(byCookie)).toBe(ecid);
    expect(stateOf(byCookie, "identity")).toBeUndefined();

    const entries = [{ key: `kndctr_${org}_identity`, value: entry }];
    const byEntry = await interact([edgeEvent(pageViews)], {}, { meta: { state: { ...meta.state, entries } } });
    expect(ecidOf(byEntry)).toBe(ecid);
    expect(await eventsOf(ecid)).toHaveLength(3);
  });

  it("is answered to the org that the browser names, and to each configured one at first", async () => {
    const named = await interact([edgeEvent(pageViews)], { cookie: "kndctr_OTHER_AdobeOrg_consent=general=in" });
    const keys = (answer: Answer) => handleOf(answer, "state:store")!.payload.map(({ key }: { key: string }) => key);
    expect(keys(named)).toContain("kndctr_OTHER_AdobeOrg_identity");
    expect(keys(named)).not.toContain(`kndctr_${org}_identity`);
    expect(keys((await visitor()).answer)).toContain(`kndctr_${org}_identity`);
  });

  it("comes from a first-party id of the shop, the same each time", async () => {
    const answer = await interact([edgeEvent(pageViews)], { cookie: "shop_fpid=f09112bb-ec38-4d27-9d25-52e0c1dcb1ac" });
    expect(ecidOf(answer)).toBe(ecidOfFpid(org, "f09112bb-ec38-4d27-9d25-52e0c1dcb1ac"));
  });

  it("of the event wins over the cookie's, and both are the same browser's", async () => {
    const { ecid, headers } = await visitor();
    const other = mintEcid();
    const answer = await interact([edgeEvent(pageViews, { identityMap: { ECID: [{ id: other }] } })], headers);
    expect(ecidOf(answer)).toBe(other);
    await app.settle();
    expect((await profileOf("ecid", other))["profileId"]).toBe((await profileOf("ecid", ecid))["profileId"]);
  });

  it("is acquired without an event, by either path", async () => {
    for (const path of ["/ee/v1/identity/acquire", "/ee/or2/v1/identity/acquire"]) {
      const answer = await post(app, `${path}?configId=${edgeKey}`, { query: fetchEcid, meta });
      expect(answer.status).toBe(200);
      expect(decodeIdentityCookie(stateOf(answer, "identity")!)?.ecid).toBe(ecidOf(answer));
    }
  });
});

describe("events", () => {
  it("count once by their own id, and by request and place without one", async () => {
    const { ecid, headers } = await visitor();
    const same = edgeEvent("commerce.checkouts", { _id: uniqueName("own") });
    for (let at = 0; at < 2; at += 1) await interact([same], headers);
    const body = {
      events: [edgeEvent("commerce.productViews"), edgeEvent("commerce.productViews")],
      query: fetchEcid,
      meta,
    };
    const path = interactPath("repeated-request");
    for (let at = 0; at < 2; at += 1) expect((await post(app, path, body, headers)).status).toBe(200);
    expect(await eventsOf(ecid, "startCheckout")).toHaveLength(1);
    expect(await eventsOf(ecid, "productPageView")).toHaveLength(2);
  });

  it("take the store scope of the visit where they name none", async () => {
    const { ecid, headers } = await visitor(edgeEvent("commerce.productViews", { commerce: { commerceScope: scope } }));
    await interact([edgeEvent(pageViews)], headers);
    const [view] = await eventsOf(ecid, "pageView");
    expect(view).toMatchObject({ store_view: "pt", context: { environment: "env-1", website: "base" } });
  });

  it("of a search without ids are joined by browser within ten seconds", async () => {
    const { ecid, headers } = await visitor(edgeEvent("searchRequest", { siteSearch: { query: "rain jacket" } }));
    await interact([edgeEvent("searchResponse", { siteSearch: { numberOfResults: 2 } })], headers);
    const [request] = await eventsOf(ecid, "searchRequestSent");
    const [response] = await eventsOf(ecid, "searchResponseReceived");
    expect(response?.properties).toMatchObject({ searchId: request?.event_id, searchQuery: "rain jacket", results: 2 });
  });

  it("of collect are answered 204 and stored", async () => {
    const { ecid, headers } = await visitor();
    for (const path of ["/ee/v1/collect", "/ee/or2/v1/collect"]) {
      const answer = await post(
        app,
        `${path}?configId=${edgeKey}`,
        { events: [edgeEvent("web.webinteraction.linkClicks")], meta },
        headers,
      );
      expect(answer).toMatchObject({ status: 204, body: {} });
    }
    expect(await eventsOf(ecid, "web.webinteraction.linkClicks")).toHaveLength(2);
  });

  it("that are too large are named in errors, the others stored", async () => {
    const { ecid, headers } = await visitor();
    const large = edgeEvent("commerce.productViews", { note: "x".repeat(33_000) });
    const answer = await interact([edgeEvent("commerce.checkouts"), large], headers);
    expect(answer.status).toBe(207);
    expect(answer.body.errors).toMatchObject([
      { type: expect.stringContaining("EXEG-0106"), report: { eventIndex: 1 } },
    ]);
    expect((await eventsOf(ecid)).map(({ event_type: type }) => type).sort()).toEqual(["pageView", "startCheckout"]);
  });
});

describe("consent", () => {
  const set = (value: object, headers: Record<string, string>) =>
    post(
      app,
      `/ee/v1/privacy/set-consent?configId=${edgeKey}&requestId=${uniqueName("consent")}`,
      { consent: [{ standard: "Adobe", version: "1.0", value }], query: fetchEcid, meta },
      headers,
    );

  it("out is told to the browser, and events leave no trace until it is in again", async () => {
    const { ecid, headers } = await visitor();
    const out = await set({ general: "out" }, headers);
    expect(stateOf(out, "consent")).toBe("general=out");
    const refused = await interact([edgeEvent(pageViews)], headers);
    expect(refused).toMatchObject({
      status: 200,
      body: { warnings: [{ type: expect.stringContaining("EXEG-0301-200") }] },
    });
    expect(refused.body.handle?.map(({ type }) => type)).toEqual(["identity:result", "state:store"]);
    expect(stateOf(refused, "consent")).toBe("general=out");
    await post(app, `/ee/v1/collect?configId=${edgeKey}`, { events: [edgeEvent(pageViews)], meta }, headers);
    expect((await eventsOf(ecid)).map(({ event_type: type }) => type)).toEqual(["pageView", "consentUpdated"]);

    expect(stateOf(await set({ general: "in" }, headers), "consent")).toBe("general=in");
    expect((await interact([edgeEvent(pageViews)], headers)).body.warnings).toBeUndefined();
    expect(await eventsOf(ecid, "pageView")).toHaveLength(2);
  });

  it("out of the browser's own entry is enough, and makes no identity", async () => {
    const answer = await interact([edgeEvent(pageViews)], { cookie: `kndctr_${org}_consent=general=out` });
    expect(answer.body.warnings).toHaveLength(1);
    expect(handleOf(answer, "identity:result")).toBeUndefined();
    expect(stateOf(answer, "identity")).toBeUndefined();
  });

  it("of the profile holds when the browser has forgotten it", async () => {
    const { ecid, headers } = await visitor();
    await app.send([
      {
        type: "consentUpdated",
        identifiers: [{ namespace: "ECID", value: ecid }],
        context: { consent: { categoryPreferences: { analytics: false } } },
      },
    ]);
    await app.settle();
    const answer = await interact([edgeEvent(pageViews)], headers);
    expect(answer.body.warnings).toMatchObject([{ type: expect.stringContaining("EXEG-0301-200") }]);
  });

  it("that an event carries counts by itself", async () => {
    const { ecid, headers } = await visitor();
    const strings = (value: string) => ({
      consentStrings: [{ consentStandard: "Adobe", consentStandardVersion: "1.0", consentStringValue: value }],
    });
    const out = await interact([edgeEvent(pageViews, strings("general=out"))], headers);
    expect(stateOf(out, "consent")).toBe("general=out");
    expect((await eventsOf(ecid)).map(({ event_type: type }) => type)).toEqual(["pageView", "consentUpdated"]);
    const back = await interact([edgeEvent(pageViews, strings("general=in"))], headers);
    expect(stateOf(back, "consent")).toBe("general=in");
    expect(await eventsOf(ecid, "pageView")).toHaveLength(2);
  });

  it.each([
    [{ standard: "Other", version: "1", value: {} }, 400, "EXEG-0102-400"],
    [{ standard: "Adobe", version: "1.0", value: {} }, 400, "EXEG-0102-400"],
    [{ standard: "Adobe", version: "1.0" }, 400, "EXEG-0103-400"],
    [{ standard: "IAB TCF", version: "2.0", value: "", gdprApplies: true }, 422, "EXEG-0104-422"],
  ])("%j is refused as the original does", async (statement, status, code) => {
    const answer = await post(app, `/ee/v1/privacy/set-consent?configId=${edgeKey}`, { consent: [statement] });
    expect(answer.status).toBe(status);
    expect(answer.body.type).toContain(code);
    if (status === 422) expect(answer.body).toMatchObject({ report: { errors: [expect.any(String)] } });
  });
});

describe("other origins", () => {
  it("get their own name and credentials back, on every answer", async () => {
    for (const path of [interactPath(), "/ee/v1/interact?configId=unknown", `/ee/x/v1/collect?configId=${edgeKey}`]) {
      const { headers } = await post(app, path, { events: [] });
      expect(headers["access-control-allow-origin"]).toBe(shopOrigin);
      expect(headers["access-control-allow-credentials"]).toBe("true");
      expect(headers["access-control-expose-headers"]).toBe("Retry-After, X-Adobe-Edge, X-Request-ID");
    }
    const preflight = await app.server.inject({
      method: "OPTIONS",
      url: "/ee/or2/v1/interact",
      headers: {
        origin: shopOrigin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type, x-own",
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers).toMatchObject({
      "access-control-allow-headers": "content-type, x-own",
      "access-control-allow-credentials": "true",
    });
  });
});
