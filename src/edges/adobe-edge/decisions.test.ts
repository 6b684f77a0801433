import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { handleOf, post } from "../../testing/adobe/captures.ts";
import {
  edgeCalls,
  edgeConfig,
  edgeEvent,
  pageViews,
  schemas,
  serverToken,
  uniqueName,
} from "../../testing/adobe/edge-calls.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: edgeConfig });
});
afterAll(() => app.close());
const { audienceOf, eventsOf, interact, profileOf, visitor } = edgeCalls(() => app);

describe("decisions", () => {
  const ask = (decisionScopes: string[], surfaces: string[] = []) => ({
    query: { personalization: { schemas, decisionScopes, surfaces } },
  });
  const block = { priority: 1, audiences: [], html: "<p>Hello</p>" };

  it("answer the scopes that are asked, and no others", async () => {
    const [hero, named, view, data] = ["hero", "promo", "spa", "data"].map(uniqueName) as [
      string,
      string,
      string,
      string,
    ];
    const surface = `web://www.shop.test/${uniqueName("page")}#promo`;
    await app.publish("block", hero, {
      ...block,
      placement: hero,
      html: "<h1>Spring</h1>",
      dom: { selector: "#hero", action: "setHtml" },
    });
    await app.publish("block", named, { ...block, placement: named, html: "<b>10%</b>" });
    await app.publish("block", view, {
      ...block,
      placement: view,
      dom: { selector: "#x", action: "appendHtml", view: "cart" },
    });
    await app.publish("block", data, { ...block, placement: data, json: { code: "MEMBER10" } });
    await app.publish("block", uniqueName("surface"), { ...block, placement: surface, json: { code: "SURFACE" } });

    const { headers, answer: first } = await visitor();
    expect(handleOf(first, "personalization:decisions")).toBeUndefined();
    const asked = {
      ...edgeEvent(pageViews),
      ...ask(["__view__", named, data, "nothing-here"], [surface.replace("shop", "SHOP"), "web://www.shop.test/none"]),
    };
    const decisions = handleOf(await interact([asked], headers), "personalization:decisions");
    expect(decisions?.eventIndex).toBe(0);
    const byScope = new Map(decisions?.payload.map((each) => [each.scope, each]));
    expect([...byScope.keys()].sort()).toEqual(
      ["__view__", "cart", data, named, surface.replace("shop", "SHOP")].sort(),
    );
    expect(byScope.get("__view__")).toMatchObject({
      scopeDetails: { activity: { id: expect.any(String) }, characteristics: { eventToken: expect.any(String) } },
      items: [{ schema: schemas[0], data: { type: "setHtml", selector: "#hero", content: "<h1>Spring</h1>" } }],
    });
    expect(byScope.get("cart").scopeDetails.characteristics.scopeType).toBe("view");
    expect(byScope.get(named).items).toMatchObject([
      { schema: schemas[1], data: { format: "text/html", content: "<b>10%</b>" } },
    ]);
    expect(byScope.get(data).items).toMatchObject([{ schema: schemas[2], data: { content: { code: "MEMBER10" } } }]);

    const other = await interact([{ ...edgeEvent(pageViews), ...ask(["nothing-here"]) }], headers);
    expect(handleOf(other, "personalization:decisions")).toEqual({
      type: "personalization:decisions",
      eventIndex: 0,
      payload: [],
    });
  });

  it("see the events of their own call", async () => {
    const placement = uniqueName("viewed");
    const name = uniqueName("shop.special");
    const audience = await audienceOf(name);
    await app.publish("block", placement, { ...block, placement, audiences: [audience] });
    const { answer } = await visitor({ ...edgeEvent(name), ...ask([placement]) });
    expect(handleOf(answer, "personalization:decisions")?.payload).toHaveLength(1);
    expect(handleOf(answer, "activation:pull")?.payload[0].segments).toContainEqual({ id: audience });
  });

  it("are counted by what the page says of them: an impression once a page view, a click each time", async () => {
    const placement = uniqueName("shown");
    await app.publish("block", placement, { ...block, placement });
    const { ecid, headers, answer } = await visitor({ ...edgeEvent(pageViews), ...ask([placement]) });
    const [{ id, scope: asked, scopeDetails }] = handleOf(answer, "personalization:decisions")!.payload;
    const about = (kind: string) => ({
      _experience: {
        decisioning: { propositions: [{ id, scope: asked, scopeDetails }], propositionEventType: { [kind]: 1 } },
      },
    });
    // By itself, again, and inside a later page view.
    await interact([edgeEvent("decisioning.propositionDisplay", about("display"))], headers);
    await interact([edgeEvent("decisioning.propositionDisplay", about("display"))], headers);
    await interact([edgeEvent("web.webinteraction.linkClicks", about("display"))], headers);
    await interact([edgeEvent("decisioning.propositionInteract", about("interact"))], headers);
    const [display, ...more] = await eventsOf(ecid, "propositionDisplay");
    expect(more).toEqual([]);
    expect(display?.properties).toMatchObject({ decisionId: id, placement, propositions: [{ id, action: "display" }] });
    expect(await eventsOf(ecid, "propositionInteract")).toMatchObject([{ properties: { decisionId: id } }]);
    expect(await eventsOf(ecid, "web.webinteraction.linkClicks")).toHaveLength(1);
    // A new page view is a new impression.
    await interact([edgeEvent(pageViews)], headers);
    await interact([edgeEvent("decisioning.propositionDisplay", about("display"))], headers);
    expect(await eventsOf(ecid, "propositionDisplay")).toHaveLength(2);
  });

  it("are not proven by a forged serverToken, nor by one of another browser", async () => {
    const placement = uniqueName("forged");
    await app.publish("block", placement, { ...block, placement });
    const { answer } = await visitor({ ...edgeEvent(pageViews), ...ask([placement]) });
    const [proposition] = handleOf(answer, "personalization:decisions")!.payload;
    const { ecid, headers } = await visitor();
    const about = {
      _experience: { decisioning: { propositions: [proposition], propositionEventType: { display: 1 } } },
    };
    await interact([edgeEvent("decisioning.propositionDisplay", about)], headers);
    const [display] = await eventsOf(ecid, "propositionDisplay");
    expect(display?.properties.propositions).toMatchObject([{ id: proposition.id }]);
    expect(display?.properties.decisionId).toBeUndefined();
  });
});

describe("audiences", () => {
  it("of the visitor are told with every answer, attributes never to a browser", async () => {
    const [first, second] = [await audienceOf("commerce.saveForLaters"), await audienceOf("commerce.saveForLaters")];
    const { ecid, headers } = await visitor(
      edgeEvent("commerce.saveForLaters", { personalEmail: { address: `${uniqueName("maya")}@example.com` } }),
    );
    await app.settle();
    const [lookup] = handleOf(await interact([edgeEvent(pageViews)], headers), "activation:pull")!.payload;
    expect(lookup).toMatchObject({ type: "profileLookup", id: lookup.destinationId, alias: expect.any(String) });
    // The address is a claim: it does not open the profile that it was tied to.
    expect(lookup.segments).toEqual([]);

    const stranger = await visitor(edgeEvent("commerce.saveForLaters"));
    await app.settle();
    const [pull] = handleOf(await interact([edgeEvent(pageViews)], stranger.headers), "activation:pull")!.payload;
    expect(pull.segments.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([first, second]));
    expect(pull).not.toHaveProperty("attributes");

    const xdm = { ...edgeEvent(pageViews, { identityMap: { ECID: [{ id: ecid, primary: true }] } }) };
    const server = await post(app, `/ee/v2/interact?dataStreamId=x`, { event: xdm }, serverToken);
    expect(handleOf(server, "activation:pull")?.payload[0]).toHaveProperty("attributes");
  });
});

describe("persons", () => {
  const signIn = (accountID: string, address: string) =>
    edgeEvent("userAccount.login", { person: { accountID }, personalEmail: { address }, userAccount: { login: 1 } });

  it("get the history of the browser they sign in on; a second person on it stays apart", async () => {
    const [one, two] = [uniqueName("customer"), uniqueName("customer")];
    const { headers, ecid } = await visitor(
      edgeEvent("commerce.productViews", { productListItems: [{ SKU: "BEFORE", priceTotal: 1 }] }),
    );
    await interact([signIn(one, `${one}@example.com`)], headers);
    const first = await profileOf("user_id", one);
    expect(JSON.stringify(first)).toContain(ecid);
    const timeline = await app.call("GET", `/v1/profiles/${first["profileId"]}/events`);
    expect(JSON.stringify(timeline.body)).toContain("BEFORE");

    await interact([edgeEvent("userAccount.logout", { userAccount: { logout: 1 } })], headers);
    await interact([signIn(two, `${two}@example.com`)], headers);
    const second = await profileOf("user_id", two);
    expect(second["profileId"]).not.toBe(first["profileId"]);
    const later = await app.call("GET", `/v1/profiles/${second["profileId"]}/events`);
    expect(JSON.stringify(later.body)).not.toContain("BEFORE");
  });

  it("are proven by an identity token of the shop, which is not kept", async () => {
    const customer = uniqueName("customer");
    const audience = await audienceOf("signIn");
    const identityToken = signAsShop(customer, demoCredentials.identitySecret, Date.now() + 60_000);
    const data = { clientele: { identityToken } };
    const { headers, ecid } = await visitor({ ...signIn(customer, `${customer}@example.com`), data });
    await app.settle();
    const [pull] = handleOf(await interact([{ ...edgeEvent(pageViews), data }], headers), "activation:pull")!.payload;
    expect(pull.segments).toContainEqual({ id: audience });
    expect(JSON.stringify(await eventsOf(ecid))).not.toContain(identityToken);

    const forged = await interact(
      [{ ...edgeEvent(pageViews), data: { clientele: { identityToken: "x.y" } } }],
      headers,
    );
    expect(forged).toMatchObject({
      status: 200,
      body: { warnings: [{ type: expect.stringContaining("EXEG-0302-200") }] },
    });
  });
});
