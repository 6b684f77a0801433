// Price rules, offers and blocks that name what is not live, as whoever looks after them gets it.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import type { RuleWarning } from "./rule-warning.ts";

const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
const percent = (value: string) => ({ type: "percent", percent: value });
const off = (value: string) => ({ type: "by_percent", percent: value });
const publish = (key: string, body: object, kind = "cart-price-rule") => app.publish(kind, key, body);

/** The warnings of what is published now. */
async function ready(query: string) {
  const ask = async () => (await app.call("GET", `/v1/offers/conflicts?${query}`)).body;
  await vi.waitUntil(async () => (await ask())["state"] === "ready", { timeout: 20_000, interval: 20 });
  return (await ask()) as unknown as { readonly items: readonly RuleWarning[] };
}

beforeAll(async () => {
  app = await startTestApp({ clock });
}, 60_000);
afterAll(() => app.close());

describe("what names something that is not live", () => {
  const act = async (kind: string, key: string, verb: string, body: object = {}) => {
    const answer = await app.call("POST", `/v1/definitions/${kind}/${key}/${verb}`, body);
    expect(answer).toMatchObject({ status: 200 });
  };
  const ofKey = async (key: string) =>
    (await ready(`limit=200&rule=${key}`)).items.filter(({ notLive }) => notLive !== undefined);
  const names = (warnings: readonly RuleWarning[]) =>
    warnings.map(({ code, rule, notLive = [] }) =>
      [code, rule.kind, ...notLive.map(({ kind, key, status }) => `${kind}/${key}/${status}`)].join(" "),
    );
  const everybody = { rule: { attribute: { path: "profile.email", op: "exists" } } };
  const offerOf = (more: object) => ({ priority: 1, audiences: [], representations: [], ...more });
  const at = (...placements: string[]) => placements.map((placement) => ({ placement, html: `<p>${placement}</p>` }));

  beforeAll(async () => {
    await publish("best-of", { priority: 1, mode: "highest" }, "price-rule-group");
    await publish("fans", everybody, "audience");
    await publish("friends", everybody, "audience");
    for (const place of ["top", "side"])
      await publish(place, { placement: `nl.${place}`, channel: "web", contentType: "html" }, "offer-placement");
    await publish("nl-block", { placement: "nl", priority: 1, audiences: [], html: "<p>Hi</p>" }, "block");
    await publish("nl-cut", { priority: 1, audiences: ["fans"], action: off("10") }, "catalog-price-rule");
    await publish("nl-linked", { priority: 90, websites: ["nl"], action: percent("1") });
    const audience = (id: string) => ({ audience: { id } });
    await publish("nl-rule", {
      ...{ priority: 91, websites: ["nl2"], group: "best-of", blocks: ["nl-block"], action: percent("1") },
      conditions: { any: [audience("fans"), audience("friends")] },
    });
    await publish("nl-offer", offerOf({ audiences: ["fans", "friends"], representations: at("top", "side") }), "offer");
    await publish(
      "nl-tied",
      offerOf({ representations: at("side"), cartRule: { key: "nl-linked", when: "applies" } }),
      "offer",
    );
    await publish(
      "nl-all",
      offerOf({ audiences: ["fans", "friends"], audienceMatch: "all", representations: at("side") }),
      "offer",
    );
    await publish("nl-hand", { offers: ["nl-offer", "nl-tied"] }, "offer-collection");
    const ranking = { method: "priority" };
    await publish(
      "nl-policy",
      {
        ...{ placements: ["top", "side"], priority: 1, audiences: [], wanted: 1, emptyAllowed: true },
        entries: [{ type: "strategy", name: "main", collection: "nl-hand", ranking }],
      },
      "offer-policy",
    );
    await publish(
      "nl-shown",
      {
        ...{
          placement: "nl.shown",
          priority: 1,
          audiences: ["fans"],
          html: "<p>Hi</p>",
          cartPriceRules: ["nl-linked"],
        },
      },
      "block",
    );
  });

  it("says nothing while all of it is", async () => {
    for (const key of ["nl-rule", "nl-offer", "nl-tied", "nl-all", "nl-hand", "nl-policy", "nl-shown"])
      expect(names(await ofKey(key))).toEqual([]);
  });

  it("names a rule whose group is paused, and what then becomes of it", async () => {
    await act("price-rule-group", "best-of", "pause");
    const [warning] = await ofKey("nl-rule");
    expect(warning).toMatchObject({
      ...{ code: "lacks_live", severity: "problem" },
      rule: { kind: "cart-price-rule", key: "nl-rule", priority: 91 },
      notLive: [{ kind: "price-rule-group", key: "best-of", status: "paused" }],
      text: "nl-rule names what is not live: the rule group best-of (paused). So it runs by itself, beside all other rules",
    });
    await act("price-rule-group", "best-of", "resume");
    expect(await ofKey("nl-rule")).toEqual([]);
  });

  it("tells a lack from what can be done without", async () => {
    await act("audience", "fans", "archive", { force: true });
    await act("block", "nl-block", "pause");
    await act("offer-placement", "top", "archive", { force: true });
    expect(names(await ofKey("nl-rule"))).toEqual([
      "not_live cart-price-rule audience/fans/archived",
      "not_live cart-price-rule block/nl-block/paused",
    ]);
    expect(names(await ofKey("nl-offer"))).toEqual([
      "not_live offer audience/fans/archived",
      "not_live offer offer-placement/top/archived",
    ]);
    // Told once: that none of its audiences is live.
    expect((await ready("rule=nl-cut")).items.map(({ code }) => code)).toEqual(["audiences_gone"]);
    expect(names(await ofKey("nl-all"))).toEqual(["lacks_live offer audience/fans/archived"]);
    expect(names(await ofKey("nl-shown"))).toEqual(["lacks_live block audience/fans/archived"]);
    expect(names(await ofKey("nl-policy"))).toEqual(["not_live offer-policy offer-placement/top/archived"]);
    await act("offer-placement", "side", "archive", { force: true });
    expect(names(await ofKey("nl-policy"))).toEqual([
      "lacks_live offer-policy offer-placement/top/archived offer-placement/side/archived",
    ]);
  });

  it("follows rules, offers and collections that go, also by their last day", async () => {
    await act("offer", "nl-offer", "pause");
    expect(names(await ofKey("nl-hand"))).toEqual(["not_live offer-collection offer/nl-offer/paused"]);
    await act("offer-collection", "nl-hand", "pause");
    expect(names(await ofKey("nl-policy"))).toContain("lacks_live offer-policy offer-collection/nl-hand/paused");
    const { headers } = await app.call("GET", "/v1/definitions/cart-price-rule/nl-linked");
    const body = { priority: 90, websites: ["nl"], action: percent("1"), to: "2026-03-09" };
    const authorization = `Bearer ${demoCredentials.token}`;
    const saved = await app.call(
      "PUT",
      "/v1/definitions/cart-price-rule/nl-linked",
      { name: "nl-linked", body },
      {
        ...{ authorization, "if-match": String(headers["etag"]) },
      },
    );
    expect(saved.status).toBe(200);
    await act("cart-price-rule", "nl-linked", "publish");
    expect(names(await ofKey("nl-tied"))).toContain("lacks_live offer cart-price-rule/nl-linked/ended");
  });

  it("is told by who looks after it", async () => {
    const kinds = async (part: string) =>
      new Set((await ready(`limit=200&part=${part}`)).items.map(({ rule }) => rule.kind));
    expect(await kinds("offers")).toEqual(new Set(["offer", "offer-policy"]));
    expect(await kinds("blocks")).toEqual(new Set(["block"]));
    expect(await kinds("price-rules")).toEqual(new Set(["cart-price-rule", "catalog-price-rule"]));
  });

  it("is told of a draft before it is published, to whoever may publish it without editing it", async () => {
    const draft = { key: "nl-draft", name: "Draft", body: { priority: 1, group: "best-of", action: percent("1") } };
    expect((await app.call("POST", "/v1/definitions/cart-price-rule", draft)).status).toBe(201);
    await act("price-rule-group", "best-of", "pause");
    const made = await app.call("POST", "/v1/keys", {
      kind: "token",
      name: "Publisher",
      scopes: ["read", "publish"],
    });
    const publisher = { authorization: `Bearer ${String(made.body["key"])}` };
    const asked = await app.call("GET", "/v1/offers/conflicts/cart-price-rule/nl-draft", undefined, publisher);
    expect(asked).toMatchObject({ status: 200, body: { items: [{ code: "lacks_live" }] } });
    const rule = { key: "nl-draft", name: "Draft", body: draft.body };
    const cut = { key: "c", name: "C", body: { priority: 1, action: off("1") } };
    for (const [path, body] of [
      ["/v1/offers/cart-rules/reach", { draft: rule }],
      ["/v1/offers/catalog-rules/trial", { draft: cut }],
    ] as const)
      expect((await app.call("POST", path, body, publisher)).status).toBe(200);
    expect((await app.call("GET", "/v1/offers/conflicts/cart-price-rule/none")).status).toBe(404);
    expect((await app.call("GET", "/v1/offers/conflicts/synonym/none")).status).toBe(400);
  });
});
