// What a preview says of a draft is what publishing it makes true: where it is shown, when, by which price rules, and to whom.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { browser, decisionCalls, server, unique } from "../../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.UTC(2030, 5, 1, 12));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock, config: { timezone: "Etc/GMT+5" } });
}, 120_000);
afterAll(() => app?.close());
const { decideOne, block } = decisionCalls(() => app);

const post = async (path: string, body: object, status = 200) => {
  const answer = await app.call("POST", path, body, server);
  expect(answer).toMatchObject({ status });
  return answer.body;
};
const preview = (body: object, status?: number) => post("/v1/blocks/preview", body, status);
const firstReason = async (body: object) => ((await preview(body))["reasons"] as { code: string; text: string }[])[0];
const reasonOf = async (body: object) => (await firstReason(body))?.code;
const plain = (placement: string) => ({ placement, priority: 1, audiences: [], html: "<p>Draft</p>" });

describe("the preview of a draft", () => {
  const from = "2030-06-10T00:00";
  const draft = {
    body: plain("draft.home"),
    scope: { storeViews: ["de"] },
    schedule: { from, to: "2030-06-20T00:00", timezone: "Europe/Berlin" },
  };

  it("goes by the draft's store views and schedule, at the time that is asked about", async () => {
    const ask = (storeView: string, asOf: string) => reasonOf({ draft, storeView, asOf });
    expect(await ask("en", "2030-06-12T00:00:00Z")).toBe("scope");
    expect(await ask("de", "2030-06-09T21:59:59Z")).toBe("schedule");
    expect(await ask("de", "2030-06-09T22:00:00Z")).toBe("everybody");
    expect(await ask("de", "2030-06-19T22:00:00Z")).toBe("schedule");
    expect(await reasonOf({ draft, storeView: "de" })).toBe("schedule");
  });

  it("says when the draft starts and when it ended, in the time zone of its schedule", async () => {
    const textAt = async (asOf: string, more: object = {}) =>
      (await firstReason({ draft: { ...draft, ...more }, storeView: "de", asOf }))?.text;
    expect(await textAt("2030-06-09T21:59:59Z")).toBe("Starts on 10 June 2030, 00:00 (Europe/Berlin)");
    expect(await textAt("2030-06-21T00:00:00Z")).toBe("Ended on 20 June 2030, 00:00 (Europe/Berlin)");
    const inTokyo = { schedule: { from: "2030-06-10T00:00:00Z", to: null, timezone: "Asia/Tokyo" } };
    expect(await textAt("2030-06-09T00:00:00Z", inTokyo)).toBe("Starts on 10 June 2030, 09:00 (Asia/Tokyo)");
  });

  it("says of each view and time what the published block then does", async () => {
    const key = await block("draft.home", draft.body, { scope: draft.scope });
    const published = async (storeView: string) =>
      (await decideOne({ placements: ["draft.home"], context: { storeView } }, browser)).value?.name === key;
    for (const storeView of ["de", "en"])
      expect((await preview({ draft: { ...draft, schedule: null }, storeView }))["shown"]).toBe(
        await published(storeView),
      );
  });

  it("of a stored block keeps what the draft leaves out", async () => {
    const key = await block(unique("kept"), {}, { scope: { storeViews: ["de"] } });
    expect(await reasonOf({ key, draft: { name: "Renamed" }, storeView: "en" })).toBe("scope");
    expect(await reasonOf({ key, draft: { scope: { storeViews: null } }, storeView: "en" })).toBe("everybody");
    expect(await preview({ key, draft: { name: "Renamed" }, storeView: "de" })).toMatchObject({
      value: { name: "Renamed", html: `<p>${key}</p>` },
    });
  });

  it("goes by its price rules, those that it names and those that name it", async () => {
    const cart = { items: [{ sku: "A", qty: 1, unitPrice: { minor: 6_000, currency: "USD" } }] };
    const rule = unique("rule");
    const conditions = { attribute: { path: "cart.subtotal", op: "gte", value: { minor: 5_000, currency: "USD" } } };
    const key = await block(unique("named"));
    const action = { type: "percent", percent: "10" };
    await app.publish("cart-price-rule", rule, { priority: 1, conditions, action, blocks: [key] });
    const named = { body: { ...plain("x"), cartPriceRules: [rule] } };
    expect([await reasonOf({ draft: named }), await reasonOf({ draft: named, cart })]).toEqual([
      "price_rule",
      "price_rule",
    ]);
    expect([(await preview({ draft: named }))["shown"], (await preview({ draft: named, cart }))["shown"]]).toEqual([
      false,
      true,
    ]);
    const own = { key, draft: { body: plain("x") } };
    expect([(await preview(own))["shown"], (await preview({ ...own, cart }))["shown"]]).toEqual([false, true]);
  });

  describe("at a later date", () => {
    const action = { type: "percent", percent: "10" };
    const cart = { items: [{ sku: "A", qty: 1, unitPrice: { minor: 6_000, currency: "USD" } }] };
    const shownAt = async (draft: object, asOf: string, more: object = {}) =>
      (await preview({ draft, asOf, ...more }))["shown"];

    it("goes by price rules that are scheduled for it, and not by those that are over then", async () => {
      const [soon, over] = [unique("soon"), unique("over")];
      await app.publish("cart-price-rule", over, { priority: 1, action, to: "2030-06-05" });
      const schedule = { from: "2030-07-01T00:00:00Z", to: null, timezone: "UTC" };
      const body = { priority: 1, action };
      await app.call("POST", "/v1/definitions/cart-price-rule", { key: soon, name: soon, body, schedule });
      await app.call("POST", `/v1/definitions/cart-price-rule/${soon}/publish`, {});
      for (const [rule, early, late] of [
        [soon, false, true],
        [over, true, false],
      ] as const) {
        const tied = { body: { ...plain("x"), cartPriceRules: [rule] } };
        expect(await shownAt(tied, "2030-06-02T00:00:00Z", { cart })).toBe(early);
        expect(await shownAt(tied, "2030-07-02T00:00:00Z", { cart })).toBe(late);
      }
    });

    it.each([
      ["cart-price-rule", { action }, "cartPriceRules"],
      ["catalog-price-rule", { action: { type: "by_percent", percent: "10" } }, "catalogPriceRules"],
    ] as const)("goes by a version of a %s that is published for then", async (kind, rule, field) => {
      await app.call("PUT", "/v1/catalog/products", [
        { sku: "A", name: "Alpha", brand: "Acme", price: { minor: 6_000, currency: "USD" } },
      ]);
      const key = unique("changing");
      const only = (brand: string) => ({ attribute: { path: "product.brand", op: "eq", value: brand } });
      const forBrand = (brand: string) =>
        kind === "cart-price-rule"
          ? { ...rule, priority: 1, targets: only(brand) }
          : { ...rule, priority: 1, conditions: only(brand) };
      await app.publish(kind, key, forBrand("Nobody"));
      const { headers } = await app.call("GET", `/v1/definitions/${kind}/${key}`);
      const saved = await app.call(
        "PUT",
        `/v1/definitions/${kind}/${key}`,
        { name: key, body: forBrand("Acme") },
        { ...server, "if-match": String(headers["etag"]) },
      );
      expect(saved.status).toBe(200);
      const at = { at: "2030-06-15T00:00:00Z" };
      expect((await app.call("POST", `/v1/definitions/${kind}/${key}/publish`, at)).status).toBe(200);
      const tied = { body: { ...plain("x"), [field]: [key] } };
      const shown = (asOf: string) => shownAt(tied, asOf, { cart, sku: "A" });
      expect(await shown("2030-06-14T23:59:59Z")).toBe(false);
      expect(await shown("2030-06-15T00:00:00Z")).toBe(true);
    });

    it("fills in the price of that date", async () => {
      await app.call("PUT", "/v1/catalog/products", [
        { sku: "B", name: "Beta", brand: "Beta", price: { minor: 5_000, currency: "USD" } },
      ]);
      await app.publish("catalog-price-rule", unique("july"), {
        ...{ priority: 1, from: "2030-07-01", action: { type: "by_percent", percent: "20" } },
        conditions: { attribute: { path: "product.brand", op: "eq", value: "Beta" } },
      });
      const draft = { body: { ...plain("x"), html: "<p>{{product.final_price}}</p>" } };
      const htmlAt = async (asOf: string) => (await preview({ draft, sku: "B", asOf }))["value"];
      await expect.poll(() => htmlAt("2030-07-02T00:00:00Z")).toMatchObject({ html: "<p>$40.00</p>" });
      expect(await htmlAt("2030-06-02T00:00:00Z")).toMatchObject({ html: "<p>$50.00</p>" });
    });
  });

  it.each([
    [{ body: plain("x"), schedule: { from: "never", to: null, timezone: "UTC" } }, "/schedule/from"],
    [{ body: plain("x"), schedule: { from: null, to: null, timezone: "Nowhere" } }, "/schedule/timezone"],
    [{ body: { ...plain("x"), html: "{{nope}}" } }, "/body/html"],
  ])("is refused with the field that could not be saved: %j", async (faulty, path) => {
    const answer = await preview({ draft: faulty }, 422);
    expect(answer["error"]).toMatchObject({ code: "content.badDraft", details: [{ path }] });
  });
});

describe("who sees a draft", () => {
  it("is told before it is published, and is then the same", async () => {
    const body = { ...plain("who.home"), audiences: [] as string[] };
    const asked = await post("/v1/blocks/visibility", { draft: { body } });
    const key = await block("who.home", body);
    const {
      key: _key,
      number: _number,
      uid: _uid,
      ...published
    } = (await app.call("GET", `/v1/blocks/${key}/visibility`)).body;
    expect(asked).toEqual(published);
    expect(asked).toMatchObject({ nobody: false, warnings: [] });
  });

  it("tells what will hide it: a schedule that is over at that time, a rule that is not live", async () => {
    const schedule = { from: null, to: "2030-06-20T00:00:00Z", timezone: "UTC" };
    const ask = async (more: object) =>
      ((await post("/v1/blocks/visibility", more))["warnings"] as { code: string }[]).map(({ code }) => code);
    const draft = { body: plain("x"), schedule };
    expect(await ask({ draft })).toEqual([]);
    expect(await ask({ draft, asOf: "2030-06-21T00:00:00Z" })).toEqual(["schedule_over"]);
  });

  it("tells when it will start, which hides it from nobody for good", async () => {
    const schedule = { from: "2030-06-10T00:00", to: null, timezone: "Europe/Berlin" };
    expect(await post("/v1/blocks/visibility", { draft: { body: plain("x"), schedule } })).toMatchObject({
      nobody: false,
      warnings: [{ code: "schedule_ahead", text: "Starts on 10 June 2030, 00:00 (Europe/Berlin)", hides: false }],
    });
  });

  it("goes by the day of the shop at that time", async () => {
    const rule = unique("day");
    await app.publish("cart-price-rule", rule, {
      ...{ priority: 1, to: "2030-06-20", action: { type: "percent", percent: "5" } },
    });
    const draft = { body: { ...plain("x"), cartPriceRules: [rule] } };
    const ask = async (asOf: string) => (await post("/v1/blocks/visibility", { draft, asOf }))["nobody"];
    // Its last day ends at midnight of the shop, five hours behind Greenwich.
    expect(await ask("2030-06-21T04:59:00Z")).toBe(false);
    expect(await ask("2030-06-21T05:00:00Z")).toBe(true);
  });

  it("names variants that nobody gets because their audiences are gone", async () => {
    const gone = unique("gone");
    const rule = { attribute: { path: "profile.email", op: "exists" } };
    await app.publish("audience", gone, { rule });
    const variants = [{ name: "Regulars", audiences: [gone], html: "<p>Hi</p>" }];
    const draft = { body: { ...plain("x"), variants } };
    expect(await post("/v1/blocks/visibility", { draft })).toMatchObject({ warnings: [] });
    expect((await app.call("POST", `/v1/definitions/audience/${gone}/pause`, {})).status).toBe(200);
    expect(await post("/v1/blocks/visibility", { draft })).toMatchObject({
      nobody: false,
      warnings: [{ code: "variant_audiences_gone" }],
    });
  });
});

describe("the preview of a rotation", () => {
  const rotation = (blocks: readonly string[], more: object = {}) => ({
    body: { placement: "r", priority: 1, audiences: [], source: "specified", blocks, mode: "series", ...more },
  });
  const ask = (body: object, status?: number) => post("/v1/block-rotations/preview", body, status);
  type Seen = { key: string; shown: boolean; count: number; share: number; reason: { code: string }; value: object };
  const seenOf = (answer: Record<string, unknown>) => answer["blocks"] as Seen[];

  it("in series tells which block each page view shows, and why others are never shown", async () => {
    const [a, b, c] = [
      await block("own"),
      await block("own", {}, { scope: { storeViews: ["de"] } }),
      await block("own"),
    ];
    const answer = await ask({ draft: rotation([a, b, c]), views: 5, storeView: "en" });
    expect(answer).toMatchObject({ shown: true, views: [[a], [c], [a], [c], [a]] });
    expect(seenOf(answer)).toMatchObject([
      { key: a, shown: true, count: 3, share: 0.6, value: { html: `<p>${a}</p>` } },
      { key: b, shown: false, count: 0, share: 0, reason: { code: "scope" }, value: null },
      { key: c, shown: true, count: 2, share: 0.4 },
    ]);
  });

  it("shuffled shows each block once in every round; at random, each about as often", async () => {
    const keys = [await block("own"), await block("own"), await block("own"), await block("own")];
    const shuffled = await ask({ draft: rotation(keys, { mode: "shuffle" }), views: 40 });
    expect(seenOf(shuffled).map(({ count }) => count)).toEqual([10, 10, 10, 10]);
    const views = shuffled["views"] as string[][];
    for (let round = 0; round < 10; round += 1)
      expect(new Set(views.slice(4 * round, 4 * round + 4).flat())).toEqual(new Set(keys));
    const random = seenOf(await ask({ draft: rotation(keys, { mode: "random" }), views: 1_000 }));
    // Six standard deviations of a quarter of 1,000.
    for (const { count } of random) expect(Math.abs(count - 250)).toBeLessThan(82);
    const all = await ask({ draft: rotation(keys, { mode: "display_all" }), views: 2 });
    expect(all["views"]).toEqual([keys, keys]);
  });

  it("goes by its own schedule, store views and rule, and by blocks that are not live any more", async () => {
    const key = await block("own");
    const scoped = { ...rotation([key]), scope: { storeViews: ["de"] } };
    expect(await ask({ draft: scoped, storeView: "en" })).toMatchObject({
      ...{ shown: false, reasons: [{ code: "scope" }], views: [] },
    });
    const cms = { attribute: { path: "context.page.type", op: "eq", value: "cms" } };
    const ruled = { draft: rotation([key], { rule: cms }) };
    expect(await ask(ruled)).toMatchObject({ shown: false, reasons: [{ code: "rule" }] });
    expect(await ask({ ...ruled, context: { page: { type: "cms" } } })).toMatchObject({ shown: true });
    const stored = unique("rotation");
    await app.publish("block-rotation", stored, rotation([key]).body);
    const { headers } = await app.call("GET", `/v1/definitions/block/${key}`);
    const ifMatch = { ...server, "if-match": String(headers["etag"]) };
    expect((await app.call("POST", `/v1/definitions/block/${key}/pause`, {}, ifMatch)).status).toBe(200);
    expect(await ask({ key: stored })).toMatchObject({
      ...{ shown: false, reasons: [{ code: "empty" }] },
      blocks: [{ key, shown: false, reason: { code: "not_live" } }],
    });
  });

  it("leaves no trace, and is not for browsers", async () => {
    const keys = [await block("own"), await block("own")];
    const placement = unique("trace");
    const stored = unique("rotation");
    await app.publish("block-rotation", stored, { ...rotation(keys).body, placement });
    await ask({ key: stored, views: 3 });
    expect((await decideOne({ placements: [placement], identity: { anonymousId: "t" } })).value?.name).toBe(keys[0]);
    expect((await app.call("POST", "/v1/block-rotations/preview", { key: stored }, browser)).status).toBe(403);
    expect((await app.call("POST", "/v1/block-rotations/preview", { key: stored, views: 1e9 })).status).toBe(400);
    expect(await ask({ draft: rotation([]) }, 422)).toMatchObject({
      error: { code: "content.badDraft", details: [{ path: "/body/blocks" }] },
    });
  });
});
