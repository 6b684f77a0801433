// Published blocks that nobody can see, as a merchandiser gets them: by GET /v1/blocks/warnings.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
type Item = { key: string; kind: string; nobody: boolean; warnings: { code: string; text: string }[] };

const block = (key: string, more: object = {}) =>
  app.publish("block", key, { placement: key, priority: 5, audiences: [], html: "<p>Hello</p>", ...more });
const list = async (query = "") => {
  const { status, body } = await app.call("GET", `/v1/blocks/warnings?limit=200${query}`);
  expect(status).toBe(200);
  return body as unknown as { total: number; items: Item[]; nextCursor?: string };
};
const codesOf = async (key: string) =>
  (await list()).items.filter((each) => each.key === key).flatMap(({ warnings }) => warnings.map(({ code }) => code));
const attribute = (path: string, op: string, value: unknown) => ({ attribute: { path, op, value } });

beforeAll(async () => {
  app = await startTestApp({
    clock,
    config: { websiteByStoreView: new Map([["de", "base"]]) },
  });
  await app.publish("audience", "ghosts", { rule: attribute("profile.gender", "eq", "ghost") });
}, 60_000);
afterAll(() => app.close());

describe("warnings of published blocks", () => {
  it("leaves out blocks that can be seen", async () => {
    await block("seen");
    await block("known", { rule: attribute("profile.gender", "eq", "female") });
    expect(await list()).toEqual({ total: 0, items: [] });
  });

  it("names blocks that nobody can see, with the reason", async () => {
    await block("empty", { audiences: ["ghosts"] });
    await block("torn", {
      rule: { all: [attribute("profile.gender", "eq", "male"), attribute("profile.gender", "eq", "female")] },
    });
    await app.publish("cart-price-rule", "spring", {
      ...{ priority: 1, to: "2026-03-09", action: { type: "percent", percent: "5" } },
    });
    await block("tied", { cartPriceRules: ["spring"] });
    const { items } = await list("&nobody=true");
    expect(items.map(({ key, warnings }) => [key, warnings.map(({ code }) => code)])).toEqual([
      ["empty", ["no_members"]],
      ["tied", ["price_rules_over"]],
      ["torn", ["rule_impossible"]],
    ]);
    expect(items.at(-1)?.warnings[0]?.text).toContain("profile.gender");
    const one = await app.call("GET", "/v1/blocks/torn/visibility");
    expect(one.body).toMatchObject({ nobody: true, warnings: [{ code: "rule_impossible" }] });
  });

  it("follows price rules and audiences that go", async () => {
    await app.call(
      "POST",
      "/v1/definitions/cart-price-rule/spring/pause",
      {},
      {
        ...{ authorization: `Bearer ${demoCredentials.token}` },
        ...{ "if-match": "*", "content-type": "application/json" },
      },
    );
    expect(await codesOf("tied")).toEqual(["price_rules_gone"]);
  });

  it("knows store views that are no more, and rotations without a block to show", async () => {
    const draft = { key: "abroad", name: "Abroad", scope: { storeViews: ["fr"] } };
    const body = { placement: "abroad", priority: 1, audiences: [], html: "<p>Salut</p>" };
    expect((await app.call("POST", "/v1/definitions/block", { ...draft, body })).status).toBe(201);
    await app.call("POST", "/v1/definitions/block/abroad/publish", {});
    expect(await codesOf("abroad")).toEqual(["store_views_unknown"]);
    const rotation = { placement: "turn", priority: 1, audiences: [], mode: "series", source: "specified" };
    await app.publish("block-rotation", "turning", { ...rotation, blocks: ["empty", "torn"] });
    await app.publish("block-rotation", "running", { ...rotation, blocks: ["empty", "seen"] });
    expect(await codesOf("turning")).toEqual(["no_blocks"]);
    expect(await codesOf("running")).toEqual([]);
  });

  it("says which block always takes the place of another, unless a rotation shows that one", async () => {
    await block("first", { placement: "home", priority: 1 });
    await block("second", { placement: "home", priority: 2 });
    await block("member", { placement: "home", priority: 3 });
    await block("name", { placement: "shop", priority: 1, html: "<p>{{profile.first_name}}</p>" });
    await block("plain", { placement: "shop", priority: 2 });
    const rotation = { placement: "side", priority: 1, audiences: [], mode: "random", source: "specified" };
    await app.publish("block-rotation", "sides", { ...rotation, blocks: ["member"] });
    expect(await codesOf("second")).toEqual(["covered"]);
    expect(await codesOf("member")).toEqual([]);
    expect(await codesOf("plain")).toEqual([]);
    const { items } = await list("&nobody=false");
    expect(items.map(({ key }) => key)).toEqual(["second"]);
    const { body } = await app.call("POST", "/v1/decide", { placements: ["home"] });
    expect(body).toMatchObject({ decisions: [{ value: { name: "first" } }] });
  });

  it("pages, refuses foreign cursors and browsers", async () => {
    const all = (await list()).items;
    const keys: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const path: string = `/v1/blocks/warnings?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const page = (await app.call("GET", path)).body as unknown as Awaited<ReturnType<typeof list>>;
      keys.push(...page.items.map(({ key }) => key));
      cursor = page.nextCursor;
    }
    expect(keys).toEqual(all.map(({ key }) => key));
    expect((await app.call("GET", "/v1/blocks/warnings?cursor=x")).status).toBe(400);
    const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
    expect((await app.call("GET", "/v1/blocks/warnings", undefined, browser)).status).toBe(403);
  });
});
