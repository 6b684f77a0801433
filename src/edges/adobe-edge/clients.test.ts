// Adobe's published browser clients, unchanged, in a browser against the running product.
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stored, storedEvents } from "../../testing/adobe/captures.ts";
import { type ShopSite, startShopSite } from "../../testing/adobe/shop-site.ts";
import { contexts, publishAll } from "../../testing/adobe/storefront.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const orgId = "5D41402ABC4B2A76B9719D91@AdobeOrg";
const datastreamId = "demo-write-key";

let app: TestApp;
let site: ShopSite;
let context: BrowserContext;
beforeAll(async () => {
  app = await startTestApp({ config: { adobeOrgIds: [orgId] } });
  await app.server.listen({ host: "127.0.0.1", port: 0 });
  site = await startShopSite((app.server.server.address() as AddressInfo).port);
});
afterAll(async () => {
  await site.close();
  await app.close();
});

// The Web SDK's functions exist on the page only.
// biome-ignore lint/suspicious/noExplicitAny: a foreign global
declare const window: any;

async function openPage(path: string): Promise<Page> {
  const page = await context.newPage();
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  await page.goto(`https://www.shop.test${path}`);
  await page.evaluate(
    ([org, datastream]) =>
      window.alloy("configure", {
        orgId: org,
        datastreamId: datastream,
        edgeDomain: "edge.shop.test",
        thirdPartyCookiesEnabled: false,
        defaultConsent: "in",
        clickCollectionEnabled: true,
      }),
    [orgId, datastreamId],
  );
  expect(failures).toEqual([]);
  return page;
}

const sendView = (page: Page, decisionScopes: string[] = []) =>
  page.evaluate(
    (scopes) =>
      window.alloy("sendEvent", {
        renderDecisions: true,
        decisionScopes: scopes,
        xdm: {
          eventType: "web.webpagedetails.pageViews",
          web: {
            webPageDetails: { URL: window.location.href, name: "Home", siteSection: "CMS", pageViews: { value: 1 } },
          },
        },
      }),
    decisionScopes,
  );

const identityOf = async (page: Page): Promise<string> =>
  (await page.evaluate(() => window.alloy("getIdentity"))).identity.ECID;

async function until(read: () => Promise<readonly Stored[]>, isEnough: (rows: readonly Stored[]) => boolean) {
  let rows: readonly Stored[] = [];
  const look = async () => {
    rows = await read();
    return isEnough(rows);
  };
  await expect.poll(look, { interval: 200 }).toBe(true);
  return rows;
}

describe("the Web SDK", () => {
  it("renders what was decided, reports it once, and is the same browser on its next visit", async () => {
    const block = {
      placement: "home.hero",
      priority: 1,
      audiences: [],
      html: "<b>Spring jackets</b>",
      dom: { selector: "#hero", action: "setHtml" },
    };
    await app.publish("block", "alloy-hero", block);
    await app.publish("block", "alloy-promo", {
      placement: "home-promo",
      priority: 1,
      audiences: [],
      html: "<i>10% off</i>",
    });
    context = await site.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await openPage("/home");
    const ecid = await identityOf(page);
    expect(ecid).toMatch(/^\d{38}$/);

    const result = await sendView(page, ["home-promo"]);
    expect(await page.locator("#hero b").textContent()).toBe("Spring jackets");
    const promo = result.propositions.find(({ scope }: { scope: string }) => scope === "home-promo");
    expect(promo.items[0].data.content).toBe("<i>10% off</i>");
    await page.locator("#hero b").click();

    const ofVisitor = (type: string) =>
      storedEvents(app, "event_type = {type:String} and has(identifiers, {id:String})", { type, id: `ecid:${ecid}` });
    const [display] = await until(
      () => ofVisitor("propositionDisplay"),
      (rows) => rows.length > 0,
    );
    const [interact] = await until(
      () => ofVisitor("propositionInteract"),
      (rows) => rows.length > 0,
    );
    expect(display?.properties).toMatchObject({ placement: "home.hero", decisionId: expect.any(String) });
    expect(interact?.properties.decisionId).toBe(display?.properties.decisionId);
    expect(await ofVisitor("pageView")).toMatchObject([{ context: { page: { title: "Home", path: "/home" } } }]);

    const next = await openPage("/home?visit=2");
    expect(await identityOf(next)).toBe(ecid);
    await sendView(next);
    await until(
      () => ofVisitor("propositionDisplay"),
      (rows) => rows.length === 2,
    );
    expect(await ofVisitor("pageView")).toHaveLength(2);
    expect(await ofVisitor("propositionInteract")).toHaveLength(1);
    await context.close();
  });

  it("sends nothing more once the shopper opted out, and goes on when they are in again", async () => {
    context = await site.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await openPage("/consent");
    const setConsent = (general: string) =>
      page.evaluate(
        (value) =>
          window.alloy("setConsent", { consent: [{ standard: "Adobe", version: "1.0", value: { general: value } }] }),
        general,
      );
    await setConsent("in");
    const ecid = await identityOf(page);
    await sendView(page);
    await setConsent("out");
    await page.evaluate(() => window.alloy("sendEvent", { xdm: { eventType: "secret" } }).catch(() => undefined));
    const actions = async () => {
      const rows = await storedEvents(app, "has(identifiers, {id:String})", { id: `ecid:${ecid}` });
      return rows.map(({ event_type: type }) => type).filter((type) => type !== "propositionDisplay");
    };
    expect(await actions()).toEqual(["consentUpdated", "pageView", "consentUpdated"]);
    await setConsent("in");
    await page.evaluate(() => window.alloy("sendEvent", { xdm: { eventType: "no secret" } }));
    expect(await actions()).toEqual(["consentUpdated", "pageView", "consentUpdated", "consentUpdated", "no secret"]);
    await context.close();
  });
});

const reportedTwice = [
  "pageView",
  "categoryView",
  "productPageView",
  "searchRequestSent",
  "searchResponseReceived",
  "addToCart",
  "shoppingCartView",
  "startCheckout",
  "completeCheckout",
];

/** A page with the collector; by its own copy of the Web SDK, or by the shop's. */
async function startCollector(page: Page, aep: object): Promise<void> {
  await page.evaluate(
    ([given, settings]) => {
      const { context: sdk } = window.magentoStorefrontEvents;
      sdk.setAEP(settings);
      sdk.setEventForwarding({ commerce: true, aep: true });
      for (const [name, value] of Object.entries(given as object)) sdk[`set${name}`](value);
    },
    [contexts, { imsOrgId: orgId, datastreamId, ...aep }] as const,
  );
  await page.addScriptTag({ url: "/collector.js" });
}

describe("the Commerce collector", () => {
  it("works by its own copy of the Web SDK where the vendor's host is blocked, and tells the shop the audiences", async () => {
    await app.publish("audience", "collector-browsers", { rule: { event: { name: "pageView" } } });
    const progress = async () => (await app.call("GET", "/v1/audiences/collector-browsers/members")).body["progress"];
    await expect.poll(progress).toMatchObject({ status: "live" });
    context = await site.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto("https://www.shop.test/plain");
    await startCollector(page, { edgeDomain: "edge.shop.test" });
    await page.evaluate(() => window.magentoStorefrontEvents.publish.pageView());
    const cookies = () => page.evaluate(() => String(window.document.cookie));
    // The entry that signs the list passes through the collector and the cookie unchanged.
    await expect.poll(cookies).toMatch(/(^|; )aep-segments-membership=collector-browsers,cl1\.1(\.[\w-]+){3}(;|$)/);
    await context.close();
  });

  it("gets every event of the storefront into the store, each action once", async () => {
    const startedAt = Date.now() - 1_000;
    context = await site.browser.newContext({ ignoreHTTPSErrors: true });
    const page = await openPage("/trail-jacket.html");
    await startCollector(page, { webSdkName: "alloy" });
    const ecid = await identityOf(page);
    const published = await page.evaluate(publishAll);
    expect(published).toBeGreaterThan(30);

    const since = () => storedEvents(app, "ts >= fromUnixTimestamp64Milli({from:Int64})", { from: startedAt });
    const expected = [
      "pageView",
      "categoryView",
      "productPageView",
      "searchRequestSent",
      "searchResponseReceived",
      "searchResultsView",
      "searchProductClick",
      "searchCategoryClick",
      "searchSuggestionClick",
      "addToCart",
      "openCart",
      "removeFromCart",
      "shoppingCartView",
      "startCheckout",
      "completeCheckout",
      "signIn",
      "signOut",
      "createAccount",
      "editAccount",
      "createRequisitionList",
      "addToRequisitionList",
      "removeFromRequisitionList",
      "deleteRequisitionList",
      "commerce.saveForLaters",
      "recsRequestSent",
      "recsResponseReceived",
      "recsUnitRender",
      "recsUnitView",
      "recsItemClick",
      "recsItemAddToCartClick",
    ];
    const rows = (
      await until(since, (all) =>
        expected.every((type) => all.some((row) => row.event_type === type && isOfPage(row, ecid))),
      )
    ).filter((row) => isOfPage(row, ecid));
    const of = (type: string) => rows.filter((row) => row.event_type === type);
    const kinds = (type: string) => of(type).map(({ source_kind: kind }) => kind);
    for (const type of expected) expect([type, kinds(type).length]).toEqual([type, 1]);
    for (const type of reportedTwice) expect([type, ...kinds(type)]).toEqual([type, "edge"]);
    expect(of("addToCart")[0]?.properties).toMatchObject({
      cartId: "cart-9001",
      items: [{ sku: "TRL-JKT-M-RED", qty: 2, lineTotal: { minor: 19_200, currency: "USD" } }],
    });
    expect(of("completeCheckout")[0]?.properties).toMatchObject({
      orderId: "000000123",
      orderTotal: { minor: 24_844 },
      coupon: "SPRING",
    });
    expect(of("signIn")[0]?.identifiers).toEqual(
      expect.arrayContaining([`ecid:${ecid}`, "user_id:4711", "email:maya.okafor@example.com"]),
    );
    expect(of("searchProductClick")[0]?.properties).toMatchObject({ items: [{ sku: "TRL-JKT", rank: 1 }] });
    expect(of("recsItemClick")[0]?.properties).toMatchObject({
      unitId: "unit-77",
      items: [{ sku: "STM-SHL", rank: 1 }],
    });
    expect(of("addToRequisitionList")[0]?.properties).toMatchObject({
      listId: "31",
      items: [{ sku: "TRL-JKT-M-RED", qty: 4 }],
    });
    // The Edge loses what was filtered by; the other stream knows it: merged, or as details of the same event.
    const [search] = of("searchRequestSent");
    const details = of("eventDetails").find(({ properties }) => properties.of === search?.event_id);
    const filters = search?.properties.filters ?? details?.properties.filters;
    expect(filters).toContainEqual({ attribute: "color", values: ["Red"], operator: "eq" });
    const profile = await app.call("GET", "/v1/profiles/by/user_id/4711");
    expect(JSON.stringify(profile.body)).toContain(ecid);
    await context.close();
  });
});

/** Events of the collector's page: by ECID, or by the tracker that has no ECID. */
function isOfPage(row: Stored, ecid: string): boolean {
  return row.identifiers.includes(`ecid:${ecid}`) || row.source_kind === "snowplow";
}
