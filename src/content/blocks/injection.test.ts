// Scripts that somebody tries to bring to shoppers by a block: in its name, markup, JSON, link, pictures and texts by store view, and in
// the data of products and persons that placeholders fill in. Judged by what the answers of the server hold.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browser, decisionCalls, server, unique } from "../../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 120_000);
afterAll(() => app?.close());
const { decideOne, block } = decisionCalls(() => app);

type Value = { name: string; html?: string; json?: Record<string, unknown>; link?: string; alt?: string };
const valueAt = async (placement: string, more: object = {}) =>
  ((await decideOne({ placements: [placement], ...more }, browser)).value ?? {}) as Value;

const calmTags = "p br h1 h2 strong b em i span div section a img picture source table tr td ul li button".split(" ");
const calmAttributes =
  /^(?:class|id|title|alt|href|src|srcset|style|target|rel|type|lang|role|data-[\w-]+|aria-[\w-]+)$/;
const calmAddress = /^(?:https?:\/\/|mailto:|tel:|asset:[\w-]*$|[/#?]|[\w.%-]+(?:\/|$)|$)/;

/** What of a piece of markup could run: read as a browser reads it, tag by tag. */
function dangersIn(html: string): readonly string[] {
  const dangers: string[] = [];
  const rest = html.replace(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[^\s"'<>/=]+(?:="[^"<>]*")?)*)\s*\/?>/gi,
    (tag, _closes, name: string, attributes: string) => {
      if (!calmTags.includes(name.toLowerCase())) dangers.push(tag);
      for (const [, key = "", value = ""] of attributes.matchAll(/([^\s"'<>/=]+)(?:="([^"]*)")?/g)) {
        const plain = value.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))).replace(/&amp;/g, "&");
        if (!calmAttributes.test(key)) dangers.push(`${name} ${key}`);
        if (["href", "src"].includes(key) && !calmAddress.test(plain)) dangers.push(`${key}=${plain}`);
        if (key === "style" && /[()\\:]\s*(?:url|expression)|[(\\]/i.test(plain)) dangers.push(plain);
      }
      return "";
    },
  );
  // Whatever is no tag must be text.
  if (/[<>]/.test(rest)) dangers.push(rest);
  return dangers;
}

const attacks = [
  `<script>alert(1)</script>`,
  `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`,
  `<scr<script>ipt>alert(1)</scr</script>ipt>`,
  `<img src=x onerror=alert(1)>`,
  `<img/src="x"/onerror=alert(1)>`,
  `<img src="x" ONERROR = 'alert(1)'>`,
  `<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x></svg>`,
  `<svg><script href="data:text/javascript,alert(1)"/></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
  `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
  `<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">`,
  `<a href="javascript:alert(1)">x</a>`,
  `<a href=" &#14; jAvAsCrIpT&colon;alert(1)">x</a>`,
  `<a href="java\tscript:alert(1)">x</a>`,
  `<a href="data:text/html,<script>alert(1)</script>">x</a>`,
  `<a href="vbscript:msgbox(1)">x</a>`,
  `<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">`,
  `<img src="asset:javascript" onload="alert(1)">`,
  `<picture><source srcset="javascript:alert(1)"><img src="x"></picture>`,
  `<div style="background:url(javascript:alert(1))">x</div>`,
  `<div style="width: expression(alert(1))">x</div>`,
  `<style>@import 'javascript:alert(1)';</style><p>x</p>`,
  `<link rel=stylesheet href=//evil.example/x.css><meta http-equiv=refresh content="0;url=javascript:alert(1)">`,
  `<base href="//evil.example/"><form action=//evil.example><button formaction="javascript:alert(1)">x</button></form>`,
  `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
  `<p title='"><img src=x onerror=alert(1)>'>x</p>`,
  `<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>`,
  `<template><script>alert(1)</script></template><p>x</p>`,
  `<!--><img src=x onerror=alert(1)>--><p>x</p>`,
  `<p onclick="alert(1)" onfocus=alert(1) autofocus tabindex=0>x</p>`,
];

describe("markup of a block", () => {
  it("has nothing left that could run, whoever asks: a page, GraphQL, the preview", async () => {
    const placement = unique("xss");
    const html = attacks.map((attack) => `<p>safe</p>${attack}`).join("\n");
    const key = await block(placement, { html });
    const shown = (await valueAt(placement)).html ?? "";
    expect(shown.match(/safe/g)?.length).toBeGreaterThan(attacks.length / 2);
    expect(dangersIn(shown)).toEqual([]);
    const preview = (await app.call("POST", "/v1/blocks/preview", { key }, server)).body["value"] as Value;
    expect(preview.html).toBe(shown);
    const query = `{ dynamicBlocks(input: {type: SPECIFIED}) { items { content { html } } } }`;
    const { body } = await app.call("POST", "/graphql", { query }, { "x-api-key": "demo-write-key" });
    const { items } = (body["data"] as { dynamicBlocks: { items: { content: { html: string } }[] } }).dynamicBlocks;
    expect(items.map(({ content }) => content.html)).toContain(shown);
  });

  it.each(attacks)("alone is refused or harmless, also in a variant of a store view: %s", async (attack) => {
    const body = { placement: "x", priority: 1, audiences: [], html: attack };
    const asVariant = { ...body, html: "<p>x</p>", variants: [{ storeViews: ["de"], html: attack }] };
    for (const draft of [{ body }, { body: asVariant }]) {
      const { status, body: answer } = await app.call("POST", "/v1/blocks/preview", { draft, storeView: "de" }, server);
      if (status === 422) expect(answer).toMatchObject({ error: { details: [{ code: "content.empty" }] } });
      else expect(dangersIn((answer["value"] as Value).html ?? "")).toEqual([]);
    }
  });
});

describe("what is no markup", () => {
  const hostile = `</script><img src=x onerror=alert(1)>`;

  it("stays text: names, JSON and texts of pictures, in an answer that no browser takes for a page", async () => {
    const placement = unique("text");
    const json = { title: hostile, ["__proto__"]: { polluted: true }, constructor: { prototype: { polluted: 1 } } };
    const name = `<b onclick=alert(1)>${hostile}`;
    const body = { placement, priority: 1, audiences: [], html: "<p>x</p>", alt: hostile, json };
    const created = await app.call("POST", "/v1/definitions/block", { key: unique("text"), name, body }, server);
    expect(created.status).toBe(201);
    const { id, etag } = { id: String(created.body["id"]), etag: String(created.headers["etag"]) };
    await app.call("POST", `/v1/definitions/block/${id}/publish`, {}, { ...server, "if-match": etag });
    const answer = await app.call("POST", "/v1/decide", { placements: [placement] }, browser);
    expect(answer.headers).toMatchObject({
      "content-type": expect.stringContaining("application/json"),
      "x-content-type-options": "nosniff",
    });
    const value = (answer.body["decisions"] as { value: Value }[])[0]?.value;
    expect(value).toMatchObject({ name, alt: hostile, html: "<p>x</p>" });
    expect(value?.json?.["title"]).toBe(hostile);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each(["javascript:alert(1)", "\tjavascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x"])(
    "is no link: %s",
    async (link) => {
      const body = { placement: "x", priority: 1, audiences: [], html: "x", link };
      const { status, body: answer } = await app.call("POST", "/v1/definitions/block", {
        key: unique("l"),
        name: "l",
        body,
      });
      expect([status, answer["error"]]).toMatchObject([
        422,
        { details: [{ path: "/body/link", code: "content.link" }] },
      ]);
    },
  );
});

describe("data that placeholders fill in", () => {
  const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)> {{profile.last_name}} \${7*7} &lt;`;
  const html = [
    `<p title="{{product.name}}">{{product.name}}</p>`,
    `<a href="{{product.url|/sale}}">{{product.brand|none}}</a>`,
    `<img src="{{product.image|/none.png}}" alt="{{product.name}}">`,
    `<a href="/search?q={{product.name}}" aria-label="{{product.attribute.material}}">{{product.attribute.material}}</a>`,
    `<p>{{context.query|}} {{profile.first_name|you}}</p>`,
  ].join("");

  it("is text wherever it stands, of products, persons and pages, and is not filled in again", async () => {
    const product = {
      ...{ sku: "XSS", name: hostile, brand: hostile, url: "javascript:alert(1)//", price: 10, qty: 1 },
      images: [`x" onerror="alert(1)`, "data:text/html,<script>alert(1)</script>"],
      attributes: { material: hostile },
    };
    const attribute = { code: "material", label: "Material", input: "text" };
    expect(await app.call("PUT", "/v1/catalog/attributes", [attribute])).toMatchObject({ status: 200 });
    expect((await app.call("PUT", "/v1/catalog/products", [product])).body).toMatchObject({ accepted: 1 });
    const placement = unique("data");
    await block(placement, {
      html,
      json: { title: "{{product.name}}", link: "{{product.url|/sale}}" },
      link: "/search?q={{product.name}}",
      alt: "{{product.name}}",
    });
    const value = await valueAt(placement, { context: { sku: "XSS", query: hostile } });
    expect(dangersIn(value.html ?? "")).toEqual([]);
    expect(value.html).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    expect(value.html).toContain("{ {profile.last_name}}");
    // Values open no placeholder, and the catalog decodes entities of names.
    const told = hostile.replace("{{", "{ {").replace("&lt;", "<");
    expect(value.json).toEqual({ title: told, link: "/sale" });
    expect(value.link).toMatch(/^\/search\?q=%22%27%3E%3Cscript/);
    expect(value.alt).toBe(told);
  });

  it("of a person is text as well", async () => {
    const anonymousId = unique("person");
    const placement = unique("person");
    await block(placement, { html: `<p title="{{profile.first_name|you}}">{{profile.first_name|you}}</p>` });
    await app.send([{ type: "profileRecord", anonymousId, properties: { traits: { firstName: attacks.join("") } } }]);
    await app.settle();
    const { html = "" } = await valueAt(placement, { identity: { anonymousId } });
    expect(dangersIn(html)).toEqual([]);
  });
});

describe("a picture of the library", () => {
  it("is no SVG, whatever it is called, and its texts by language are text", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`;
    for (const [type, fileName] of [
      ["image/svg+xml", "a.svg"],
      ["image/png", "a.png"],
    ] as const) {
      const answer = await app.server.inject({
        method: "POST",
        url: `/v1/assets?fileName=${fileName}`,
        headers: { ...server, "content-type": type },
        payload: svg,
      });
      expect([answer.statusCode, answer.json().error.code]).toEqual([422, "assets.type"]);
    }
    const { aPicture } = await import("../../testing/content/pictures.ts");
    const uploaded = await app.server.inject({
      method: "POST",
      url: "/v1/assets?fileName=a.png",
      headers: { ...server, "content-type": "image/png" },
      payload: await aPicture({ width: 77 }),
    });
    const id = String(uploaded.json().asset.id);
    const alt = { "": `" onerror="alert(1)`, de: "</p><script>alert(1)</script>" };
    expect((await app.call("PUT", `/v1/assets/${id}`, { alt })).status).toBe(200);
    const placement = unique("picture");
    await block(placement, { html: `<p>{{asset.${id}.alt}}</p><img src="asset:${id}/w640">` });
    for (const storeView of ["default", "de"]) {
      const { html = "" } = await valueAt(placement, { context: { storeView } });
      expect(html).toContain("/w640?v=");
      expect(dangersIn(html)).toEqual([]);
    }
  });
});
