/** Templates through the API, and what their audiences do when people sign in, when other systems speak, when the office orders. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { dayMs, noon } from "../../testing/audiences/builders.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { audienceTemplates } from "./create-templates.ts";

const clock = createFixedClock(noon);
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());

type Listed = { key: string; parameters: { key: string; default?: unknown }[]; tree?: unknown };

async function treeOf(key: string, parameters: object = {}): Promise<unknown> {
  const { status, body } = await app.call("POST", `/v1/audience-templates/${key}/tree`, { parameters });
  expect([status, body["error"]]).toEqual([200, undefined]);
  return body["tree"];
}

/** A live audience made of a template. */
async function use(template: string, key: string, parameters: object = {}): Promise<void> {
  await app.publish("audience", key, { rule: await treeOf(template, parameters) });
  await app.audiences.settled();
}

async function audiencesOf(namespace: string, value: string): Promise<readonly string[]> {
  await app.settle();
  const { state } = await app.profiles.by(namespace, value);
  return Object.keys(state.memberships)
    .flatMap((id) => app.audiences.nameOf(id)?.key ?? [])
    .sort();
}

async function traitsOf(namespace: string, value: string): Promise<Readonly<Record<string, unknown>>> {
  await app.settle();
  const { state, identifiers } = await app.profiles.by(namespace, value);
  return app.audiences.traitsOf(state, clock.now(), identifiers);
}

describe("the templates API", () => {
  it("lists templates, and turns one into a rule that is accepted as a draft", async () => {
    const { status, body } = await app.call("GET", "/v1/audience-templates");
    expect(status).toBe(200);
    const vip = (body["items"] as Listed[]).find(({ key }) => key === "vip");
    expect(vip?.parameters[0]).toMatchObject({ key: "spent", default: { minor: 50_000, currency: "USD" } });
    expect(vip?.tree).toEqual(await treeOf("vip"));

    const made = await app.call("POST", "/v1/audience-templates/vip/tree", {
      parameters: { spent: { minor: 7, currency: "EUR" } },
    });
    const { name, description, tree } = made.body;
    const draft = await app.call("POST", "/v1/definitions/audience", {
      key: "my-vip",
      name,
      body: { description, rule: tree },
    });
    expect(draft.status).toBe(201);
    expect(draft.body).toMatchObject({ status: "draft", name: "VIP by value", body: { rule: tree } });
  });

  it("takes every template with a default for each parameter as a draft", async () => {
    const { body } = await app.call("GET", "/v1/audience-templates");
    for (const { key, tree } of (body["items"] as Listed[]).filter((each) => each.tree !== undefined)) {
      const made = await app.call("POST", "/v1/definitions/audience", {
        key: `all-${key}`,
        name: key,
        body: { rule: tree },
      });
      expect([key, made.status]).toEqual([key, 201]);
    }
  });

  it("refuses unknown templates, parameters that do not fit, and callers without a token", async () => {
    const post = (key: string, body: unknown) => app.call("POST", `/v1/audience-templates/${key}/tree`, body);
    expect((await post("nothing", {})).body).toMatchObject({ error: { code: "audiences.templateNotFound" } });
    expect((await post("vip", { parameters: { spent: -1 } })).body).toMatchObject({
      error: { code: "audiences.templateParameters", details: [{ path: "/parameters/spent" }] },
    });
    expect((await post("vip", { parameters: [] })).status).toBe(400);
    expect((await post("vip", { parameter: {} })).status).toBe(400);
    for (const [method, url] of [
      ["GET", "/v1/audience-templates"],
      ["POST", "/v1/audience-templates/vip/tree"],
    ] as const)
      expect((await app.call(method, url, method === "GET" ? undefined : {}, {})).status).toBe(401);
  });
});

describe("the manual page", () => {
  it("has examples that run", async () => {
    const examples = readExamples("audience-library", { URL: "", TOKEN: demoCredentials.token });
    expect(examples).toHaveLength(3);
    for (const { title, method, path, headers, body, answer } of examples) {
      const result = await app.call(method as "GET" | "POST", path, body, { ...headers });
      expect([title, result.status]).toEqual([title, expect.toSatisfy((status: number) => status < 300)]);
      if (answer !== undefined) expect(result.body).toEqual(answer);
    }
  });

  it("names every template", () => {
    const page = readFileSync(new URL("../../../docs/manual/audience-library.md", import.meta.url), "utf8");
    expect(audienceTemplates.map(({ key }) => key).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});

describe("a visitor who signs in", () => {
  it("leaves visitor segments and enters those of customers with the same event", async () => {
    await use("group-not-logged-in", "visitors");
    await use("customer-group", "trade", { groups: ["wholesale"] });
    await app.publish("audience", "browsing", { rule: { everyone: true }, appliesTo: "visitors" });
    await app.audiences.settled();
    await use("products-in-wishlist", "wishes-a", { field: "sku", values: ["a"] });
    await app.sendFromServer([
      { type: "profileRecord", customerId: "c-1", properties: { traits: { customerGroup: "wholesale" } } },
    ]);
    const wish = { type: "addToWishlist", anonymousId: "d-1", properties: { items: [{ sku: "a" }] } };
    await app.send([wish]);
    expect(await audiencesOf("anonymous_id", "d-1")).toEqual(["browsing", "visitors"]);
    await app.send([{ type: "signIn", anonymousId: "d-1", customerId: "c-1" }]);
    expect(await audiencesOf("anonymous_id", "d-1")).toEqual(["trade", "wishes-a"]);
  });
});

describe("orders of the back office", () => {
  it("count for the customer they are for, who need not be near the shop", async () => {
    await use("number-of-orders", "ordered-twice");
    const order = (orderId: string) => ({
      type: "orderPlaced",
      customerId: "c-2",
      timestamp: new Date(noon - dayMs).toISOString(),
      properties: { orderId, orderTotal: { minor: 1000, currency: "USD" }, channel: "callcenter" },
    });
    await app.sendFromServer([order("o-1"), order("o-2")]);
    expect(await audiencesOf("user_id", "c-2")).toEqual(["ordered-twice"]);
    await app.sendFromServer([{ type: "orderCancelled", customerId: "c-2", properties: { orderId: "o-2" } }]);
    expect(await audiencesOf("user_id", "c-2")).toEqual([]);
  });

  it("see what the customer would see, whoever types them in", async () => {
    await use("group-retailer", "retailers");
    await app.sendFromServer([
      { type: "profileRecord", customerId: "c-3", properties: { traits: { group: "retailer" } } },
    ]);
    const block = { placement: "office.price", priority: 1, audiences: ["retailers"], html: "<p>trade price</p>" };
    await app.publish("block", "trade-price", block);
    await app.settle();
    const decide = async (identity: object) => {
      const answer = await app.call("POST", "/v1/decide", { identity, placements: ["office.price"] });
      return (answer.body["decisions"] as { value: unknown }[])[0]?.value ?? null;
    };
    expect(JSON.stringify(await decide({ customerId: "c-3" }))).toContain("trade price");
    expect(JSON.stringify(await decide({ customerId: "c-2" }))).not.toContain("trade price");
  });
});

describe("an audience of one website", () => {
  it("counts in the store views of its scope only", async () => {
    const created = await app.call("POST", "/v1/definitions/audience", {
      key: "german-site",
      name: "German site",
      scope: { storeViews: ["de"] },
      body: { rule: { everyone: true } },
    });
    const headers = { authorization: `Bearer ${demoCredentials.token}`, "if-match": String(created.headers["etag"]) };
    const published = await app.call("POST", "/v1/definitions/audience/german-site/publish", {}, headers);
    expect(published.status).toBe(200);
    await app.audiences.settled();
    const block = { placement: "site.banner", priority: 1, audiences: ["german-site"], html: "<p>Guten Tag</p>" };
    await app.publish("block", "german-banner", block);
    await app.send([{ type: "pageView", anonymousId: "d-site" }]);
    await app.settle();
    const decide = async (storeView: string) => {
      const call = { identity: { anonymousId: "d-site" }, placements: ["site.banner"], context: { storeView } };
      return JSON.stringify((await app.call("POST", "/v1/decide", call)).body["decisions"]);
    };
    expect(await decide("de")).toContain("Guten Tag");
    expect(await decide("en")).not.toContain("Guten Tag");
  });
});

describe("facts of a customer", () => {
  it("come from a Segment client's traits", async () => {
    const traits = {
      birthday: "1990-03-12",
      createdAt: 1_700_000_000,
      customerGroup: "wholesale",
      isSubscribed: true,
      storeCredit: "25.00",
      loyalty: { tier: "gold", points: 700 },
      address: { street: "Allee 1", city: "Berlin", postalCode: "10115", country: "DE" },
    };
    const auth = Buffer.from(`${demoCredentials.writeKey}:`).toString("base64");
    const sent = await app.call(
      "POST",
      "/v1/identify",
      { userId: "seg-1", anonymousId: "seg-d", messageId: "seg-m", traits },
      { authorization: `Basic ${auth}` },
    );
    expect(sent.status).toBe(200);
    expect(await traitsOf("user_id", "seg-1")).toMatchObject({
      birth_date: "1990-03-12",
      created_at: 1_700_000_000_000,
      group: "wholesale",
      newsletter: "subscribed",
      store_credit: { minor: 2500, currency: "USD" },
      reward_points: 700,
      loyalty: { tier: "gold" },
    });
    await use("birthday", "birthdays");
    await use("customer-address", "berliners", { field: "city", op: "eq", value: "berlin" });
    expect(await audiencesOf("user_id", "seg-1")).toEqual(expect.arrayContaining(["berliners", "birthdays"]));
  });

  it("leave an audience by time alone", async () => {
    clock.set(noon + 3 * dayMs);
    const due = await app.profiles.due(clock.now(), 100);
    expect(due.length).toBeGreaterThan(0);
    const { state, identifiers } = await app.profiles.by("user_id", "seg-1");
    const { memberships } = app.audiences.reevaluate({ profileId: "p", state, identifiers }, clock.now());
    const keys = Object.keys(memberships).flatMap((id) => app.audiences.nameOf(id)?.key ?? []);
    expect(keys).toContain("berliners");
    expect(keys).not.toContain("birthdays");
  });
});
