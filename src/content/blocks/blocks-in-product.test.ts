// Blocks and rotations as shops and merchandisers meet them: by the decision call, the preview and the visibility of each.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { browser, decisionCalls, server, unique, view } from "../../testing/decision-calls.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { blockUid } from "./block-number.ts";

let app: TestApp;
const vip = "vip";
beforeAll(async () => {
  app = await startTestApp();
  const path = "event.properties.sku";
  await app.publish("audience", vip, {
    rule: { event: { name: "productPageView", where: { attribute: { path, op: "eq", value: "VIP-LAMP" } } } },
  });
  const progress = async () => (await app.call("GET", `/v1/audiences/${vip}/members`)).body["progress"];
  await vi.waitUntil(async () => ((await progress()) as { status?: string })?.status === "live", 20_000);
}, 120_000);
afterAll(() => app?.close());
const calls = decisionCalls(() => app);
const { decideOne, block, visitor } = calls;

type Value = {
  name?: string;
  html?: string;
  json?: object;
  blocks?: { name: string }[];
  rotation?: { id: string; state?: string };
};
const shownBy = async (body: object, headers = browser) => ((await decideOne(body, headers)).value ?? {}) as Value;
const save = (kind: string, body: object) =>
  app.call("POST", `/v1/definitions/${kind}`, { key: unique("saved"), name: "Saved", body });
const plain = { placement: "p", priority: 1, audiences: [] };

describe("a block", () => {
  it("shows the first variant that fits store view and audience, else its own content", async () => {
    const placement = unique("home");
    await block(placement, {
      html: "<p>Hello</p>",
      variants: [
        { storeViews: ["de"], audiences: [vip], html: "<p>Willkommen zurück</p>" },
        { storeViews: ["de"], html: "<p>Hallo</p>", json: { title: "Hallo" } },
      ],
    });
    const anonymousId = await visitor(view("VIP-LAMP"));
    const ask = (storeView: string, identity: object) =>
      shownBy({ placements: [placement], identity, context: { storeView } });
    expect((await ask("de", { anonymousId })).html).toBe("<p>Willkommen zurück</p>");
    expect(await ask("de", {})).toMatchObject({ html: "<p>Hallo</p>", json: { title: "Hallo" } });
    expect((await ask("en", { anonymousId })).html).toBe("<p>Hello</p>");
  });

  it("fills in what the visitor may know of themselves, whatever they wrote there", async () => {
    const placement = unique("home");
    await block(placement, { html: `<p title="{{profile.first_name|you}}">Hello {{profile.first_name|you}}</p>` });
    const firstName = `"><img src=x onerror=alert(1)>`;
    await app.sendFromServer([{ type: "accountCreated", customerId: "b-c1", properties: { traits: { firstName } } }]);
    await app.settle();
    const ask = (identity: object) => shownBy({ placements: [placement], identity });
    const identityToken = signAsShop("b-c1", demoCredentials.identitySecret, Date.now() + 60_000);
    const escaped = "&#34;&#62;&#60;img src=x onerror=alert(1)&#62;";
    expect((await ask({ identityToken })).html).toBe(`<p title="${escaped}">Hello ${escaped}</p>`);
    // A mere claim reads nothing.
    expect((await ask({ customerId: "b-c1" })).html).toBe(`<p title="you">Hello you</p>`);
    expect((await ask({})).html).toBe(`<p title="you">Hello you</p>`);
  });

  it("fills in product and cart, and gives way to the next one where something is missing", async () => {
    const hostile = { sku: "B-HOSTILE", name: "<script>x</script>", url: "javascript:alert(1)", price: 12.5 };
    const imported = await app.call("PUT", "/v1/catalog/products", [hostile]);
    expect(imported.body).toMatchObject({ accepted: 1 });
    const placement = unique("product");
    await block(placement, {
      priority: 1,
      html: `<a href="{{product.url|/sale}}">{{product.name}} {{product.price}}</a>`,
      json: { sku: "{{product.sku}}" },
    });
    await block(placement, { priority: 2, html: "<p>{{cart.subtotal}} in {{cart.total_qty}} pieces</p>" });
    const last = await block(placement, { priority: 3 });
    const ask = (more: object) => shownBy({ placements: [placement], ...more });
    expect(await ask({ context: { sku: "B-HOSTILE" } })).toMatchObject({
      html: `<a href="/sale">&#60;script&#62;x&#60;/script&#62; $12.50</a>`,
      json: { sku: "B-HOSTILE" },
    });
    const cart = { items: [{ sku: "A", qty: 3, unitPrice: { minor: 1_000, currency: "USD" } }] };
    expect((await ask({ cart })).html).toBe("<p>$30.00 in 3 pieces</p>");
    expect((await ask({ context: { sku: "B-NONE" } })).name).toBe(last);
  });

  it.each([
    [{ html: "<p>{{profile.password}}</p>" }, "/body/html", "content.placeholder"],
    [{ html: "<p onclick='{{product.name}}'>x</p>" }, "/body/html", "content.placeholderPlace"],
    [{ html: "x", link: "javascript:alert(1)" }, "/body/link", "content.link"],
    [{ html: "x", link: "https://{{profile.last_name}}.example/" }, "/body/link", "content.link"],
    [{ html: "x", json: { a: ["{{nope}}"] } }, "/body/json/a/0", "content.placeholder"],
    [{ html: "<script>alert(1)</script>" }, "/body/html", "content.empty"],
    [{}, "/body/html", "content.empty"],
    [{ variants: [{ storeViews: ["de"] }] }, "/body/variants/0", "content.empty"],
    [{ html: "x", variants: [{ html: "<iframe src=/x></iframe>" }] }, "/body/variants/0/html", "content.empty"],
    [
      { html: "x", variants: [{ html: "y", audiences: ["nobody-knows"] }] },
      "/body/variants/0/audiences/0",
      "unknownReference",
    ],
    [{ html: "x", externalAudiences: ["nobody-knows"] }, "/body/externalAudiences/0", "unknownReference"],
    [{ html: "x", cartPriceRules: ["nobody-knows"] }, "/body/cartPriceRules/0", "unknownReference"],
    [{ html: "x", catalogPriceRules: ["nobody-knows"] }, "/body/catalogPriceRules/0", "unknownReference"],
  ])("is refused on save with the place of the fault: %j", async (more, path, code) => {
    const { status, body } = await save("block", { ...plain, ...more });
    expect([status, body["error"]]).toMatchObject([
      422,
      { details: expect.arrayContaining([expect.objectContaining({ path, code })]) },
    ]);
  });

  it("keeps its shape of before variants, and loses what is not safe at any time", async () => {
    const placement = unique("home");
    await block(placement, {
      html: `<p>Old</p><script>alert(1)</script><a href="javascript:x">y</a>`,
      link: "/sale",
      alt: "Old",
    });
    expect(await shownBy({ placements: [placement] })).toMatchObject({
      html: "<p>Old</p><a>y</a>",
      link: "/sale",
      alt: "Old",
    });
  });
});

describe("a rotation", () => {
  async function rotating(mode: string, count: number, more: object = {}) {
    const placement = unique("rotation");
    const keys: string[] = [];
    for (let at = 0; at < count; at += 1) keys.push(await block(unique("only"), { html: `<p>${at}</p>` }));
    const key = unique("rotation");
    const body = { placement, priority: 1, audiences: [], mode, source: "specified", blocks: keys, ...more };
    await app.publish("block-rotation", key, body);
    return { placement, keys };
  }

  it("of all blocks answers each of them and their markup", async () => {
    const { placement, keys } = await rotating("display_all", 3);
    const value = await shownBy({ placements: [placement] });
    expect(value.html).toBe("<p>0</p>\n<p>1</p>\n<p>2</p>");
    expect(value.blocks?.map(({ name }) => name)).toEqual(keys);
  });

  it("in series goes on for a known visitor, and by its token for a client without one", async () => {
    const { placement, keys } = await rotating("series", 3);
    const anonymousId = unique("device");
    const seen: (string | undefined)[] = [];
    for (let load = 0; load < 4; load += 1)
      seen.push((await shownBy({ placements: [placement], identity: { anonymousId } })).name);
    expect(seen).toEqual([keys[0], keys[1], keys[2], keys[0]]);

    const first = await shownBy({ placements: [placement] });
    const { id, state = "" } = first.rotation ?? { id: "" };
    const withToken = (token: string) => shownBy({ placements: [placement], rotations: { [id]: token } });
    expect([first.name, (await withToken(state)).name]).toEqual([keys[0], keys[1]]);
    expect(state).not.toContain(keys[0]);
    const forged = state.slice(0, -6) + (state.endsWith("AAAAAA") ? "BBBBBB" : "AAAAAA");
    for (const token of [forged, "x", "v1.00000000.AAAA", JSON.stringify({ count: 9, last: 1, place: 1, shown: [] })])
      expect((await withToken(token)).name).toBe(keys[0]);
  });

  it("that is shuffled repeats no block until all were shown", async () => {
    const { placement, keys } = await rotating("shuffle", 4);
    const identity = { anonymousId: unique("device") };
    const seen: (string | undefined)[] = [];
    for (let load = 0; load < 8; load += 1) seen.push((await shownBy({ placements: [placement], identity })).name);
    expect(new Set(seen.slice(0, 4))).toEqual(new Set(keys));
    expect(new Set(seen.slice(4))).toEqual(new Set(keys));
  });

  it("is not moved on by a preview, nor for a visitor who refused personalisation", async () => {
    const { placement, keys } = await rotating("series", 2);
    const identity = { anonymousId: unique("device") };
    const ask = async (more: object = {}, headers = browser) =>
      (await shownBy({ placements: [placement], identity, ...more }, headers)).name;
    expect([await ask({ explain: true }, server), await ask({ explain: true }, server)]).toEqual([keys[0], keys[0]]);
    expect([await ask(), await ask()]).toEqual([keys[0], keys[1]]);
    const refusal = { consent: { categoryPreferences: { personalisation: false } } };
    await app.send([{ type: "consentUpdated", ...identity, properties: refusal }]);
    await app.settle();
    expect([await ask(), await ask()]).toEqual([keys[0], keys[0]]);
  });

  it("stands where its rule says: on pages of a category, of a type", async () => {
    const rule = {
      any: [
        { attribute: { path: "context.page.type", op: "eq", value: "cms" } },
        { attribute: { path: "context.categoryPath", op: "regex", value: "^women(/|$)" } },
      ],
    };
    const { placement, keys } = await rotating("random", 1, { rule });
    const ask = async (context: object) => (await shownBy({ placements: [placement], context })).name;
    expect([await ask({}), await ask({ page: { type: "cms" } }), await ask({ categoryPath: "women/tops" })]).toEqual([
      undefined,
      keys[0],
      keys[0],
    ]);
  });

  it("names blocks that exist, and only where it is about those", async () => {
    const body = { ...plain, mode: "series", source: "specified" };
    const faults = async (more: object) => (await save("block-rotation", { ...body, ...more })).body["error"];
    expect(await faults({})).toMatchObject({ details: [{ path: "/body/blocks", code: "content.rotationBlocks" }] });
    expect(await faults({ source: "cart_price_rules", blocks: ["a"] })).toMatchObject({
      details: expect.arrayContaining([expect.objectContaining({ path: "/body/blocks" })]),
    });
    expect(await faults({ blocks: ["nobody-knows"] })).toMatchObject({
      details: [{ path: "/body/blocks/0", code: "unknownReference" }],
    });
  });

  it("says which block it showed", async () => {
    const { placement, keys } = await rotating("series", 1);
    const decision = await decideOne({ placements: [placement], explain: true }, server);
    expect(decision.reasons).toContainEqual(expect.objectContaining({ code: "rotation", block: keys[0] }));
  });
});

describe("the preview of a block", () => {
  const preview = (body: object, headers: Record<string, string> = server) =>
    app.call("POST", "/v1/blocks/preview", body, headers);

  it("shows the newest version, saved but not published, and any former one", async () => {
    const key = await block(unique("home"), { html: "<p>One</p>" });
    const { headers } = await app.call("GET", `/v1/definitions/block/${key}`);
    const saved = await app.call(
      "PUT",
      `/v1/definitions/block/${key}`,
      { name: key, body: { ...plain, html: "<p>Two</p>" } },
      { ...server, "if-match": String(headers["etag"]) },
    );
    expect(saved.status).toBe(200);
    expect((await preview({ key })).body).toMatchObject({ shown: true, value: { html: "<p>Two</p>" } });
    expect((await preview({ key, version: 1 })).body).toMatchObject({ shown: true, value: { html: "<p>One</p>" } });
    expect((await preview({ key, version: 9 })).status).toBe(404);
    expect((await preview({ key: "nobody-knows" })).status).toBe(404);
  });

  it("shows a draft as anybody: a customer, a member, at a time, with a product", async () => {
    const rule = { attribute: { path: "context.device", op: "eq", value: "mobile" } };
    const draft = { body: { ...plain, audiences: [vip], rule, html: "<p>{{profile.first_name|guest}}</p>" } };
    const as = (more: object) => preview({ draft, as: { device: "mobile", ...more } });
    expect((await as({})).body).toMatchObject({ shown: false, reasons: [{ code: "audience" }], value: null });
    expect((await preview({ draft, as: { audiences: [vip] } })).body).toMatchObject({
      shown: false,
      reasons: [{ code: "rule" }],
    });
    expect((await as({ audiences: [vip] })).body).toMatchObject({ shown: true, value: { html: "<p>guest</p>" } });
    const anonymousId = await visitor(view("VIP-LAMP"));
    const { profileId } = (await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`)).body;
    expect((await as({ profileId })).body).toMatchObject({ shown: true });
    expect((await as({ profileId: "01900000-0000-7000-8000-000000000000" })).body).toMatchObject({
      error: { code: "content.unknownPreviewProfile" },
    });
  });

  it("refuses what could not be saved, and callers without the right to read", async () => {
    const bad = { ...plain, html: "<p>{{nope}}</p>", link: "javascript:x" };
    expect((await preview({ draft: { body: bad } })).body).toMatchObject({
      error: { code: "content.badDraft", details: [{ path: "/body/html" }, { path: "/body/link" }] },
    });
    for (const body of [null, [], "x", { ...plain, priority: -1 }, JSON.parse(`{"__proto__": {"html": "x"}}`)])
      expect((await preview({ draft: { body } })).status).toBe(422);
    expect((await preview({})).status).toBe(422);
    const deep = `{"draft": {"body": {"placement": "p", "priority": 1, "audiences": [], "json": {"a": ${"[".repeat(50_000)}${"]".repeat(50_000)}}}}}`;
    const many = { ...plain, html: "{{x ".repeat(20_000) };
    for (const text of [deep, JSON.stringify({ draft: { body: many } })])
      expect((await app.call("POST", "/v1/blocks/preview", text)).status).toBe(422);
    expect((await preview({ draft: { body: plain } }, browser)).status).toBe(403);
  });
});

describe("the visibility of a block", () => {
  const visibility = async (key: string) => (await app.call("GET", `/v1/blocks/${key}/visibility`)).body;

  it("tells how many people a block is for, and its number for Adobe's clients", async () => {
    await visitor(view("VIP-LAMP"));
    const key = await block(unique("home"), { audiences: [vip] });
    const told = await visibility(key);
    const uid = blockUid(key);
    expect(told).toMatchObject({
      key,
      uid,
      nobody: false,
      warnings: [],
      people: { exactness: "exact", isUpperBound: false },
    });
    const people = told["people"] as { count: number; total: number };
    expect(people.count).toBeGreaterThan(0);
    expect(people.count).toBeLessThan(people.total);
    expect(Buffer.from(uid, "base64").toString()).toBe(String(told["number"]));
  });

  it("warns where nobody can see it, above all when its audiences are gone: it is then hidden, not shown to all", async () => {
    const audience = await calls.viewersOf(unique("SKU"));
    const placement = unique("home");
    const key = await block(placement, { audiences: [audience] });
    expect(await visibility(key)).toMatchObject({ nobody: true, warnings: [{ code: "no_members", hides: true }] });
    const { headers } = await app.call("GET", `/v1/definitions/audience/${audience}`);
    const archived = await app.call(
      "POST",
      `/v1/definitions/audience/${audience}/archive`,
      { force: true },
      { ...server, "if-match": String(headers["etag"]) },
    );
    expect(archived.status).toBe(200);
    expect(await visibility(key)).toMatchObject({
      nobody: true,
      warnings: expect.arrayContaining([expect.objectContaining({ code: "audiences_gone", hides: true })]),
    });
    expect((await decideOne({ placements: [placement] })).value).toBeNull();
    expect((await app.call("GET", "/v1/blocks/nobody-knows/visibility")).status).toBe(404);
  });

  it("names variants that nobody gets", async () => {
    const key = await block(unique("home"), {
      variants: [
        { name: "all", html: "<p>a</p>" },
        { name: "late", storeViews: ["de"], html: "<p>b</p>" },
      ],
    });
    expect(await visibility(key)).toMatchObject({
      nobody: false,
      warnings: [{ code: "variant_covered", hides: false }],
    });
    const draft = await save("block", {
      ...plain,
      html: "x",
      rule: { attribute: { path: "context.device", op: "eq", value: "tv" } },
    });
    expect(await visibility(String(draft.body["key"]))).toMatchObject({
      nobody: true,
      warnings: [{ code: "not_live" }],
      people: { isUpperBound: true },
    });
  });
});
