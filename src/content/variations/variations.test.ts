import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { type ModelServer, startModelServer } from "../../testing/content/model-server.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const secret = "sk-test-key-of-the-model";
let server: ModelServer;
let app: TestApp;
beforeAll(async () => {
  server = await startModelServer();
  app = await startTestApp({ config: { modelUrl: server.url, modelKey: secret, modelName: "small" } });
  await app.publish("audience", "vip", {
    description: "Buy more than once a month",
    rule: { event: { name: "addToCart" } },
  });
  await app.publish("brand-rules", "house", { tone: "calm", forbidden: ["cheap*"], maxLength: 60 });
  await app.publish("block", "hero", {
    placement: "home.hero",
    priority: 1,
    audiences: [],
    html: '<p>Summer sale: <a href="/sale">20% off</a></p>',
    alt: "A beach",
  });
});
afterAll(async () => {
  await app.close();
  await server.close();
});

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Json = Record<string, any>;
const call = async (method: "GET" | "POST" | "PUT", path: string, body?: unknown, headers?: Record<string, string>) => {
  const answer = await app.call(method, `/v1/content-variations${path}`, body, headers);
  return { status: answer.status, body: answer.body as Json };
};
const hero = { block: "hero", field: "/html", locale: "en" };
const review = async (id: string) => (await call("GET", `/${id}`)).body;
const generate = async (extra: object = {}) => {
  const { status, body } = await call("POST", "", { ...hero, audiences: ["vip"], count: 2, ...extra });
  expect([status, body["error"]]).toEqual([202, undefined]);
  await app.variations.settled();
  return Promise.all(body["runs"].map(({ id }: { id: string }) => review(id))) as Promise<Json[]>;
};
const good = '<p>Members first: <a href="/sale">20% off</a></p>';
const bad = '<p>Cheapest ever: <a href="https://evil.example">70% off</a></p>';
const answer = (...texts: string[]) => ({ text: JSON.stringify({ variants: texts.map((text) => ({ text })) }) });
const bodyOf = async () => (await app.call("GET", "/v1/definitions/block/hero")).body as Json;
const liveHtml = () =>
  app.definitions.live<{ html: string; variants?: unknown[] }>("block").find(({ key }) => key === "hero")!.body;

describe("variants of a text", () => {
  it("are asked for with the rules and the description of the audience, and kept with source, prompt and tokens", async () => {
    server.answerWith(() => answer(good, bad));
    const [found] = await generate({ instructions: "mention membership" });
    const { run, variants, isSourceChanged } = found!;
    expect(run).toMatchObject({
      block: "hero",
      sourceVersion: 1,
      source: '<p>Summer sale: <a href="/sale">20% off</a></p>',
      audience: "vip",
      status: "done",
      model: "small-0613",
      promptTokens: 210,
      completionTokens: 34,
      brandRules: ["house@1"],
      error: null,
    });
    expect(isSourceChanged).toBe(false);
    const [asked] = server.seen;
    expect(run.prompt).toEqual(asked?.body.messages);
    expect(JSON.parse(asked!.body.messages[1]!.content)).toMatchObject({
      audience: "vip. Buy more than once a month",
      neverUse: ["cheap*"],
      maxCharacters: 60,
      instructions: "mention membership",
    });
    expect(variants.map((each: Json) => [each["content"], each["state"], each["origin"]])).toEqual([
      [good, "proposed", "model"],
      [bad, "proposed", "model"],
    ]);
    expect(variants[0].faults).toEqual([]);
    expect(variants[1].faults.map(({ code }: { code: string }) => code)).toEqual(["forbidden", "link", "number"]);
    expect(variants[0].diff.filter(({ kind }: { kind: string }) => kind !== "same")).not.toEqual([]);
    const everything = JSON.stringify([found, (await app.call("GET", "/v1/audit?limit=200")).body]);
    expect(everything).not.toContain(secret);
  });

  it("are reviewed, changed where a rule speaks against them, and put into a draft; nothing goes live by itself", async () => {
    server.answerWith(() => answer(good, bad));
    const [found] = await generate();
    const [first, second] = found!["variants"] as Json[];
    const path = (variant: Json, step = "") => `/${found!["run"].id}/variants/${variant["id"]}${step}`;
    expect((await call("POST", path(first!, "/apply"), {})).body["error"].code).toBe("content.variationState");
    const refused = await call("POST", path(second!, "/accept"), {});
    expect([refused.status, refused.body["error"].code, refused.body["error"].details.length]).toEqual([
      422,
      "content.brandRules",
      2,
    ]);
    const edited = await call("PUT", path(second!), { content: '<p>For members: <a href="/sale">20% off</a></p>' });
    expect(edited.body).toMatchObject({ state: "proposed", origin: "edited", originalContent: bad, faults: [] });
    expect((await call("POST", path(second!, "/accept"), { note: "fine" })).body).toMatchObject({
      state: "accepted",
      note: "fine",
    });
    expect((await call("POST", path(first!, "/reject"), { note: "dull" })).body).toMatchObject({ state: "rejected" });
    expect((await call("POST", path(first!, "/apply"), {})).status).toBe(409);
    const applied = await call("POST", path(second!, "/apply"), {});
    expect(applied.body).toMatchObject({ state: "applied", appliedVersion: 2 });
    const draft = await bodyOf();
    expect([draft["draftVersion"], draft["liveVersion"]]).toEqual([2, 1]);
    expect(draft["body"].variants).toMatchObject([
      { audiences: ["vip"], html: edited.body["content"], alt: "A beach" },
    ]);
    expect(liveHtml()).not.toHaveProperty("variants");
    // Again: the same draft, not a second variant.
    expect((await call("POST", path(second!, "/apply"), {})).body["appliedVersion"]).toBe(2);
    expect((await bodyOf())["body"].variants).toHaveLength(1);
    expect((await call("PUT", path(second!), { content: "<p>late</p>" })).status).toBe(409);
    const audit = await app.access.audit.list({ objectKind: "content-variation", objectId: second!["id"], limit: 20 });
    expect(audit.items.map(({ action }) => action.split(".")[1])).toEqual(["apply", "apply", "accept", "edit"]);
  });

  it("need somebody who may publish to be accepted", async () => {
    server.answerWith(() => answer(good));
    const [found] = await generate();
    const created = await app.access.createKey(
      { kind: "token", name: "editor", scopes: ["read", "edit"] },
      { actor: "test", via: "cli" },
    );
    const editor = { authorization: `Bearer ${created.key}` };
    const path = `/${found!["run"].id}/variants/${found!["variants"][0].id}`;
    expect((await call("POST", `${path}/accept`, {}, editor)).status).toBe(403);
    expect((await call("PUT", path, { content: good }, editor)).status).toBe(200);
    expect((await call("POST", "", { ...hero, audiences: ["vip"] }, {})).status).toBe(401);
    const foreign = `/${found!["run"].id}/variants/${found!["run"].id}`;
    expect((await call("POST", `${foreign}/accept`, {})).status).toBe(404);
  });

  it("are made for each audience, everybody among them, and listed by block and state", async () => {
    server.answerWith(() => answer("By the sea"));
    const found = await generate({ field: "/alt", audiences: ["vip", null, "vip"], count: 1 });
    expect(found.map(({ run }) => [run.audience, run.field, run.wanted])).toEqual([
      ["vip", "/alt", 1],
      [null, "/alt", 1],
    ]);
    const everybody = found[1]!;
    const path = `/${everybody["run"].id}/variants/${everybody["variants"][0].id}`;
    await call("POST", `${path}/accept`, {});
    await call("POST", `${path}/apply`, {});
    const draft = await bodyOf();
    expect([draft["body"].alt, draft["body"].html]).toEqual([
      "By the sea",
      '<p>Summer sale: <a href="/sale">20% off</a></p>',
    ]);
    expect((await review(everybody["run"].id))["isSourceChanged"]).toBe(true);
    const first = (await call("GET", "?block=hero&limit=1")).body;
    const next = (await call("GET", `?block=hero&limit=1&cursor=${first["nextCursor"]}`)).body;
    expect(first["items"][0].id).not.toBe(next["items"][0].id);
    expect((await call("GET", "?state=applied")).body["items"].map(({ id }: Json) => id)).toContain(
      everybody["run"].id,
    );
    expect((await call("GET", "?block=none")).body["items"]).toEqual([]);
  });
});

describe("what fails", () => {
  it("is a run with its reason, never a broken variant", async () => {
    const cases = [
      [{ text: "I am sorry." }, "content.modelAnswer"],
      [{ raw: "<html>" }, "content.modelAnswer"],
      [{ status: 401 }, "content.modelUnavailable"],
    ] as const;
    for (const [reply, code] of cases) {
      server.answerWith(() => reply);
      const [found] = await generate();
      expect([found!["run"].status, found!["run"].error.code, found!["variants"]]).toEqual(["failed", code, []]);
    }
  });

  it("is refused before anything is stored", async () => {
    server.answerWith(() => answer(good));
    const refusal = async (extra: object) => {
      const { status, body } = await call("POST", "", { ...hero, audiences: ["vip"], ...extra });
      return [status, body["error"]?.code];
    };
    expect(await refusal({ block: "nosuch" })).toEqual([404, "definitions.notFound"]);
    expect(await refusal({ audiences: ["nosuch"] })).toEqual([404, "definitions.notFound"]);
    expect(await refusal({ field: "/json/title" })).toEqual([422, "content.variationSource"]);
    expect(await refusal({ field: "/placement" })).toEqual([422, "content.variationSource"]);
    expect(await refusal({ instructions: "write to jane.doe@example.com" })).toEqual([422, "content.personalData"]);
    expect((await refusal({ count: 1_000 }))[0]).toBe(400);
    expect((await refusal({ audiences: [] }))[0]).toBe(400);
    expect(server.seen).toEqual([]);
  });

  // The last one: nothing can be asked for after it.
  it("is refused while too many runs wait, and ends when the program stops", async () => {
    server.answerWith(() => "hang");
    const statuses: number[] = [];
    for (let index = 0; index < 21; index += 1)
      statuses.push((await call("POST", "", { ...hero, audiences: [null] })).status);
    expect([statuses.filter((status) => status === 202).length, statuses.at(-1)]).toEqual([20, 503]);
    await waitFor("two requests at once", () => server.seen.length === 2);
    await app.variations.stop();
    const { items } = await app.variations.list({}, { limit: 20 });
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(["failed"]));
    expect(server.seen).toHaveLength(2);
  });
});
