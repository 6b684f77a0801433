import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpClient } from "../../connectors/index.ts";
import { type ModelServer, startModelServer } from "../../testing/content/model-server.ts";
import { applyVariation, isTextField, textAt } from "./block-text.ts";
import { checkVariation, rulesFor } from "./brand-rules.ts";
import { buildPrompt, holdsPersonalData } from "./build-prompt.ts";
import { createModel } from "./model-client.ts";
import { readVariants } from "./read-answer.ts";
import { wordDiff } from "./word-diff.ts";

describe("an answer of the model", () => {
  it.each([
    ["as asked", '{"variants":[{"text":"One"},{"text":"Two"}]}'],
    [
      "in a fence with words around",
      'Sure! Here you are:\n```json\n{"variants":[{"text":"One"},{"text":"Two"}]}\n```\nEnjoy.',
    ],
    ["after thoughts", '<think>{"variants":["no"]}</think>{"variants":["One","Two"]}'],
    ["as a list", '["One", "Two", "One", "  "]'],
    ["with a broken object before", 'I use {curly braces. {"texts":["One","Two"]}'],
    ["cut off in the middle", '{"variants":[{"text":"One"},{"text":"Two"},{"text":"Thr'],
    ["nested", '{"variants":{"variants":[{"content":"One"},{"html":"Two"}]}}'],
  ])("is read when it comes %s", (_name, answer) => {
    expect(readVariants(answer, 5)).toEqual(["One", "Two"]);
  });

  it.each([
    "",
    "I cannot help with that.",
    "null",
    "{}",
    '{"error":"no"}',
    '"One"',
    '[[[[[[[["deep"]]]]]]]]',
    "{{{{{",
    '{"variants":[1,2]}',
  ])("holds no variants when it is %s", (answer) => expect(readVariants(answer, 5)).toEqual([]));

  it("gives at most what was asked for, nothing too long, and never fails", () => {
    expect(readVariants(JSON.stringify(["a", "b", "c", "x".repeat(30_000)]), 2)).toEqual(["a", "b"]);
    expect(readVariants(JSON.stringify(["x".repeat(30_000)]), 2)).toEqual([]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.integer({ min: 1, max: 10 }), (text, limit) => {
        const found = readVariants(text, limit);
        expect(found.length <= limit && new Set(found).size === found.length && !found.includes("")).toBe(true);
      }),
    );
    const started = performance.now();
    readVariants("{".repeat(300_000), 5);
    readVariants('{"text":"'.repeat(40_000), 5);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("brand rules", () => {
  const check = (content: string, rules: object, source = "Summer sale", field = "/alt") =>
    checkVariation(content, { text: source, field }, [rules]).map(({ code, severity }) => `${code} ${severity}`);

  it("find a forbidden word however it is written, and no other word", () => {
    const rules = { forbidden: ["cheap", "best*", "free gift"] };
    const hidden = [
      "Cheap!",
      "so CHEAP",
      "che\u00adap",
      "c\u200bheap",
      "ｃｈｅａｐ",
      "the bestest",
      "a free\n gift",
      "a Free&#32;gift",
    ];
    expect(hidden.map((text) => check(text, rules))).toEqual(hidden.map(() => ["forbidden error"]));
    expect(check("che<b>ap</b>", rules, "a", "/html")).toEqual(["forbidden error"]);
    expect(check("<p>free</p><p>gift</p>", rules, "<p>a</p>", "/html")).toEqual(["forbidden error"]);
    for (const text of ["cheaper", "unbesten", "freegift", "carefree gifts", "Beau"])
      expect(check(text, rules)).toEqual([]);
    expect(check("günstig", { forbidden: ["günst"] })).toEqual([]);
    expect(check("a (c++) b", { forbidden: ["(c++)", "a.b"] })).toEqual(["forbidden error"]);
  });

  it("ask for required words and bound the length that is seen", () => {
    const rules = { required: ["Luma"], maxLength: 10 };
    expect(check("By Luma", rules)).toEqual([]);
    expect(check("A very long text", rules)).toEqual(["required error", "tooLong error"]);
    expect(check('<p class="a-very-long-class">By Luma</p>', rules, "<p>a</p>", "/html")).toEqual([]);
  });

  it("refuse addresses, placeholders and elements that the source does not have, and point at numbers", () => {
    const source = '<p>Save 20% <a href="/sale">now</a> {{product.name}}</p>';
    const html = (content: string) => check(content, {}, source, "/html");
    expect(html('<p>Now 20% <strong>off</strong> <a href="/sale">{{ product.name | it }}</a></p>')).toEqual([]);
    expect(html('<p><a href="//evil.example">Now</a></p>')).toEqual(["link error"]);
    expect(html("<p>{{profile.email}}</p>")).toEqual(["placeholder error"]);
    expect(html("<p>Now</p><script>steal()</script>")).toEqual(["markup error"]);
    expect(html("<p>Save 50%</p>")).toEqual(["number warning"]);
    expect(html(" <p> </p>")).toEqual(["empty error"]);
    expect(check("Summer sale", {})).toEqual(["same warning"]);
    expect(check("<b>Bold</b>", {})).toEqual(["markup error"]);
  });

  it("hold for their language", () => {
    const live = ["de", "de-AT", "en", undefined].map(
      (locale) => ({ body: locale === undefined ? {} : { locale } }) as never,
    );
    const found = (locale: string) => rulesFor(live, locale).map(({ body }) => body.locale);
    expect(found("de-AT")).toEqual(["de", "de-AT", undefined]);
    expect(found("de_at")).toEqual(["de", "de-AT", undefined]);
    expect(found("de")).toEqual(["de", undefined]);
    expect(found("fr")).toEqual([undefined]);
  });
});

describe("the text of a block", () => {
  const body = {
    placement: "p",
    priority: 1,
    audiences: [],
    html: "<p>a</p>",
    alt: "b",
    json: { items: [{ title: "c/d" }] },
  };

  it("is found and replaced at its place", () => {
    expect([textAt(body, "/html"), textAt(body, "/json/items/0/title"), textAt(body, "/json/items/9/title")]).toEqual([
      "<p>a</p>",
      "c/d",
      undefined,
    ]);
    expect([textAt(body, "/json/__proto__/x"), textAt(body, "/priority"), textAt(body, "/json")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(["/html", "/json/a", "/link", "/audiences/0", "", "html"].map(isTextField)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    const changed = applyVariation(
      body,
      { field: "/json/items/0/title", audienceKey: null, storeViews: null },
      { id: "1", content: "new" },
    );
    expect(changed).toEqual({ ...body, json: { items: [{ title: "new" }] } });
    expect(body.json.items[0]?.title).toBe("c/d");
  });

  it("becomes the first variant for an audience, once however often it is applied", () => {
    const run = { field: "/html", audienceKey: "vip", storeViews: ["de"] };
    const own = { ...body, variants: [{ name: "old", html: "x" }] };
    const once = applyVariation(own, run, { id: "1", content: "<p>v</p>" });
    expect(once["html"]).toBe("<p>a</p>");
    expect(once["variants"]).toEqual([
      { name: "variation 1", audiences: ["vip"], storeViews: ["de"], html: "<p>v</p>", json: body.json, alt: "b" },
      { name: "old", html: "x" },
    ]);
    expect(applyVariation(once, run, { id: "1", content: "<p>v</p>" })).toEqual(once);
  });
});

describe("the difference of two texts", () => {
  const join = (parts: readonly { kind: string; text: string }[], without: string) =>
    parts
      .filter(({ kind }) => kind !== without)
      .map(({ text }) => text)
      .join("");

  it("shows words", () => {
    expect(wordDiff("Big summer sale", "Big winter sale!")).toEqual([
      { kind: "same", text: "Big " },
      { kind: "removed", text: "summer" },
      { kind: "added", text: "winter" },
      { kind: "same", text: " sale" },
      { kind: "added", text: "!" },
    ]);
  });

  it("gives both texts back, whatever they are", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom("a", " ", "<b>", "<", "ö", "!")).map((words) => words.join("")),
    );
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = wordDiff(before, after);
        expect([join(parts, "added"), join(parts, "removed")]).toEqual([before, after]);
      }),
    );
    const long = "word ".repeat(3_000);
    expect(wordDiff(long, "x").map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });
});

describe("a prompt", () => {
  it("holds the rules and the material as data", () => {
    const [system, user] = buildPrompt({
      field: "/html",
      sourceText: '<p>"Quoted" {{profile.first_name}}</p>',
      audienceText: "VIP. Buys often.",
      locale: "de",
      instructions: "",
      wanted: 3,
      rules: [
        { tone: "calm", forbidden: ["cheap"], maxLength: 80 },
        { forbidden: ["cheap"], maxLength: 60 },
      ],
    });
    expect(system?.role).toBe("system");
    expect(JSON.parse(user?.content ?? "")).toMatchObject({
      language: "de",
      audience: "VIP. Buys often.",
      tone: ["calm"],
      neverUse: ["cheap"],
      maxCharacters: 60,
      source: '<p>"Quoted" {{profile.first_name}}</p>',
    });
  });

  it("is not made of what points to a person", () => {
    for (const text of ["for jane.doe@example.com", "call +49 30 123456-78", "card 4111 1111 1111 1111"])
      expect(holdsPersonalData(text)).toBe(true);
    for (const text of ["50% off until 2026-12-31", "1,299.00 EUR", "VIP customers", "@luma", "5 + 5"])
      expect(holdsPersonalData(text)).toBe(false);
  });
});

describe("the client of the model", () => {
  let server: ModelServer;
  const http = createHttpClient({ allowPrivateTargets: true });
  beforeAll(async () => {
    server = await startModelServer();
  });
  afterAll(async () => {
    http.close();
    await server.close();
  });
  const ask = (path = "", key = "", signal = new AbortController().signal) =>
    createModel({ url: `${server.url}${path}`, key, name: "small" }, http, 1).ask(
      [{ role: "user", content: "hi" }],
      signal,
    );

  it("finds the address, sends the key, and reads text, model and tokens", async () => {
    server.answerWith(() => ({ text: "hello" }));
    for (const path of ["", "/", "/v1", "/v1/chat/completions", "/api/openai"]) await ask(path, "secret");
    expect(server.seen.map(({ path }) => path)).toEqual([
      "/v1/chat/completions",
      "/v1/chat/completions",
      "/v1/chat/completions",
      "/v1/chat/completions",
      "/api/openai/chat/completions",
    ]);
    expect(server.seen[0]?.headers.authorization).toBe("Bearer secret");
    expect(await ask()).toEqual({ text: "hello", model: "small-0613", promptTokens: 210, completionTokens: 34 });
    expect(server.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it("asks again after 429 and 5xx, without a field that the server does not know, and not after a refusal", async () => {
    server.answerWith(
      (_request, index) =>
        [{ status: 429, headers: { "retry-after": "0" } }, { status: 503 }, { text: "third" }][index]!,
    );
    expect((await ask()).text).toBe("third");
    server.answerWith(({ body }) =>
      body.response_format === undefined ? { text: "plain" } : { status: 400, raw: "{}" },
    );
    expect([(await ask()).text, server.seen.length]).toEqual(["plain", 2]);
    server.answerWith(() => ({ status: 500 }));
    await expect(ask()).rejects.toMatchObject({ code: "content.modelUnavailable" });
    expect(server.seen).toHaveLength(3);
    server.answerWith(() => ({ status: 401, raw: "bad key secret" }));
    await expect(ask("", "secret")).rejects.toSatisfy((error: Error) => !error.message.includes("secret"));
    expect(server.seen).toHaveLength(1);
  });

  it("refuses what is no completion", async () => {
    const odd = [
      "",
      "<html>",
      "[]",
      "null",
      '{"choices":[]}',
      '{"choices":[{"message":{"content":""}}]}',
      '{"choices":[{"message":{"content":7}}]}',
    ];
    for (const raw of [...odd, "x".repeat(2_000_000)]) {
      server.answerWith(() => ({ raw }));
      await expect(ask(), raw.slice(0, 40)).rejects.toMatchObject({ code: "content.modelAnswer" });
    }
    server.answerWith(() => ({
      raw: '{"choices":[{"message":{"content":[{"type":"text","text":"in "},{"text":"parts"}]}}]}',
    }));
    expect(await ask()).toMatchObject({ text: "in parts", promptTokens: null });
  });

  it("ends at once when it is told to, and says when nobody is there", async () => {
    server.answerWith(() => "hang");
    const controller = new AbortController();
    const asked = ask("", "", controller.signal);
    controller.abort(new Error("stopped"));
    await expect(asked).rejects.toThrow("stopped");
    const nobody = createModel({ url: "http://127.0.0.1:9", key: "", name: "small" }, http, 1);
    await expect(nobody.ask([], new AbortController().signal)).rejects.toMatchObject({
      code: "content.modelUnavailable",
    });
  });
});
