// Markup, addresses and headers from outside, on their way to somebody's page. Over HTTP on the running product.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aPicture } from "../content/pictures.ts";
import { type Answer, aRule, couponsOf, discountOf, errorOf, startVictim, type Victim } from "./victim.ts";

const script = '<script>alert(1)</script><img src=x onerror="alert(2)">';
let shop: Victim;
beforeAll(async () => {
  shop = await startVictim({ CLIENTELE_PUBLIC_URL: "https://shop.example" });
}, 120_000);
afterAll(() => shop?.stop());

/** A browser that opens the answer by itself runs what is in it. */
const runsMarkup = ({ headers, text }: Pick<Answer, "headers" | "text">): boolean => {
  const type = String(headers["content-type"] ?? "");
  const mayBeMarkup = /html|xml|svg/.test(type) || headers["x-content-type-options"] !== "nosniff";
  return mayBeMarkup && /<(script|img|svg)/i.test(text);
};

describe("markup in what people name", () => {
  it("comes back as data that no browser takes for a page", async () => {
    // The check can fail.
    expect(runsMarkup({ headers: { "content-type": "text/html" }, text: script })).toBe(true);
    expect(runsMarkup({ headers: { "content-type": "application/json" }, text: script })).toBe(true);
    const labels = { default: script, storeViews: { [script]: script } };
    await shop.publish("cart-price-rule", "markup", aRule({ labels }), script);
    const evaluated = await shop.evaluate({ couponCodes: [script] });
    expect(evaluated.body["labels"]).toEqual([{ rule: "markup", text: script }]);
    expect(couponsOf(evaluated)[script]).toMatchObject({ status: "rejected", reason: "unknown_code" });
    const pool = await shop.send("POST", "/v1/coupon-pools", {
      body: { ruleKey: script, name: script },
      headers: shop.token,
    });
    expect(pool.status).toBe(201);
    const asked = encodeURIComponent(script);
    const answers = [
      evaluated,
      pool,
      await shop.send("GET", "/v1/coupon-pools", { headers: shop.token }),
      await shop.send("GET", "/v1/definitions/cart-price-rule/markup", { headers: shop.token }),
      await shop.send("GET", `/v1/definitions/cart-price-rule/${asked}`, { headers: shop.token }),
      await shop.send("GET", `/v1/${asked}`),
      await shop.send("GET", `/${asked}?q=${asked}`, { headers: {} }),
      await shop.send("GET", `/assets/${asked}/thumb`, { headers: {} }),
      await shop.send("POST", "/v1/offers/evaluate", { body: `{"cart":{"currency":"${"<script>"}"}}` }),
      await shop.send("POST", "/graphql", { body: { query: `{ ${script} }` } }),
      await shop.send("GET", `/v1/search?q=${asked}`),
    ];
    expect(answers.filter(({ text }) => text.includes("<script>")).length).toBeGreaterThan(3);
    for (const answer of answers) expect([runsMarkup(answer), answer.status < 500], answer.text).toEqual([false, true]);
  });

  it("does not run in a block, over any door", async () => {
    const html = [
      '<p onclick="alert(1)" style="background:url(javascript:alert(2))">Hello</p>',
      "<script>alert(3)</script><svg/onload=alert(4)><iframe srcdoc='<script>alert(5)</script>'></iframe>",
      '<a href="java\tscript:alert(6)">a</a><a href="data:text/html,<script>alert(7)</script>">b</a>',
      '<img src="x" onerror="alert(8)"><form action="//evil.example"><input></form><math><mi xlink:href="javascript:1">',
      "<style>@import '//evil.example'</style><base href='//evil.example'><object data='x'></object>",
      "<noscript><p title='</noscript><img src=x onerror=alert(9)>'></noscript>",
    ].join("");
    await shop.publish("block", "hello", { placement: "top", priority: 1, audiences: [], html });
    const decided = await shop.send("POST", "/v1/decide", { body: { placements: ["top"] } });
    const shown = (decided.body["decisions"] as { value: { html: string } }[])[0]?.value.html ?? "";
    const query = "{ dynamicBlocks(input: { type: SPECIFIED }) { items { content { html } } } }";
    const asked = await shop.send("POST", "/graphql", { body: { query } });
    const [item] = (asked.body as { data: { dynamicBlocks: { items: { content: { html: string } }[] } } }).data
      .dynamicBlocks.items;
    for (const markup of [shown, item?.content.html ?? ""]) {
      expect(markup).toContain("Hello");
      // Tags and the names of their attributes; a text between quotes does nothing.
      const bare = markup.replaceAll(/"[^"]*"/g, '""');
      expect(bare).not.toMatch(/<(script|svg|iframe|form|input|style|base|object|math|link|meta)|\son\w+\s*=/i);
      expect(markup).not.toContain("url(");
      expect(markup).not.toMatch(/(href|src)\s*=\s*["']?\s*(java\s*script|data|vbscript):/i);
    }
  });

  it("is no code of a coupon: files with it are refused line by line, and no cell begins a formula", async () => {
    const { body } = await shop.send("POST", "/v1/coupon-pools", {
      body: { ruleKey: "r", name: "Pool" },
      headers: shop.token,
    });
    const pool = `/v1/coupon-pools/${body["id"]}`;
    const file = `code\n${script}\n=cmd()\n+1\n-1\n@x\n"a\tb"\nGOOD-1\n"<b>"\n`;
    const csv = { ...shop.token, "content-type": "text/csv" };
    const sent = await shop.send("POST", `${pool}/codes/import`, { body: file, headers: csv });
    expect([sent.status, sent.body["imported"], runsMarkup(sent)]).toEqual([200, 1, false]);
    const generation = { quantity: 1, prefix: "=1+" };
    const refused = await shop.send("POST", `${pool}/generations`, { body: generation, headers: shop.token });
    expect(refused.status).toBe(422);
    for (const format of ["csv", "xml"]) {
      const { text, headers } = await shop.send("GET", `${pool}/codes.${format}`, { headers: shop.token });
      expect(text).toContain("GOOD-1");
      expect(text).not.toMatch(/<(script|img|b)\b/);
      expect(headers["content-disposition"]).toMatch(/^attachment; filename="coupons-[0-9a-f-]+\.\w+"$/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });
});

describe("files", () => {
  const upload = (body: Buffer | string, fileName: string, type: string) =>
    shop.send("POST", `/v1/assets?fileName=${encodeURIComponent(fileName)}`, {
      body,
      headers: { ...shop.token, "content-type": type },
    });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>`;

  it("are pictures or nothing: SVG and HTML are refused, whatever they are called", async () => {
    const png = await aPicture();
    expect((await upload(png, "good.png", "image/png")).status).toBe(201);
    const asked = [
      await upload(svg, "a.svg", "image/svg+xml"),
      await upload(svg, "a.png", "image/png"),
      await upload(`<!doctype html>${script}`, "a.html", "text/html"),
      await upload(`<!doctype html>${script}`, "a.png", "image/png"),
      await upload(Buffer.concat([Buffer.from("GIF89a/*"), Buffer.from(script)]), "a.gif", "image/gif"),
      await upload("", "a.png", "image/png"),
    ];
    for (const { status, text } of asked) expect([400, 415, 422], text).toContain(status);
  });

  it("with a page behind the picture are served as the picture that they are", async () => {
    const png = Buffer.concat([await aPicture({ colour: { r: 1, g: 2, b: 3 } }), Buffer.from(script)]);
    const sent = await upload(png, `"><script>alert(1)</script>.png`, "image/png");
    expect(sent.status).toBe(201);
    const { id } = sent.body["asset"] as { id: string };
    for (const size of ["original", "thumb", "w320"]) {
      const { status, headers } = await shop.send("GET", `/assets/${id}/${size}`, { headers: {} });
      expect([status, headers["x-content-type-options"]]).toEqual([200, "nosniff"]);
      expect(headers["content-type"]).toMatch(/^image\/(png|jpeg|webp)$/);
      expect(headers["content-security-policy"]).toContain("sandbox");
    }
  });

  it("lead nowhere else by their names and addresses", async () => {
    const sent = await upload(await aPicture({ colour: { r: 9, g: 9, b: 9 } }), "../../../etc/passwd.png", "image/png");
    expect(sent.status).toBe(201);
    const { id } = sent.body["asset"] as { id: string };
    for (const path of [
      `/assets/${id}/../../etc/passwd`,
      `/assets/${id}/..%2f..%2fetc%2fpasswd`,
      `/assets/..%2f${id}/thumb`,
    ]) {
      const { status, text } = await shop.send("GET", path, { headers: {} });
      expect([status >= 400 && status < 500, text.includes("root:")]).toEqual([true, false]);
    }
  });
});

describe("hosts and headers", () => {
  const evil = {
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    forwarded: "host=evil.example",
  };

  it("do not choose the addresses that answers hold", async () => {
    const html = `<img src="asset:logo" alt="x"><p>x</p>`;
    await shop.publish("block", "own", { placement: "own", priority: 1, audiences: [], html });
    const paths = [
      ["GET", "/v1/projects/x/settings", undefined],
      ["GET", "/docs/openapi.json", undefined],
      ["GET", "/v1/openapi.json", undefined],
      ["GET", "/admin", undefined],
      ["GET", "//evil.example/admin", undefined],
      ["GET", "/%2f%2fevil.example", undefined],
      ["POST", "/v1/decide", { placements: ["own"] }],
      ["POST", "/v1/offers/evaluate", { cart: { currency: "USD", lines: [] } }],
    ] as const;
    let named = 0;
    for (const [method, path, body] of paths) {
      const answer = await shop.send(method, path, { body, headers: { ...shop.browser, ...evil } });
      expect([answer.status < 500, answer.text.includes("evil.example")], path).toEqual([true, false]);
      expect(String(answer.headers.location ?? "")).not.toMatch(/evil|^\/\//);
      named += answer.text.includes("shop.example") ? 1 : 0;
    }
    // The control: some of them do hold an address.
    expect(named).toBeGreaterThan(0);
  });

  it("do not end early: line breaks and zero bytes in what is answered are refused or harmless", async () => {
    for (const name of ["a\r\nx-evil: 1", "a\nset-cookie: evil=1", "a\u0000b", "ä\u2028b"]) {
      const text = encodeURIComponent(name);
      const answers = [
        await shop.send("POST", `/v1/assets?fileName=${text}`, {
          body: await aPicture({ colour: { r: 5, g: 5, b: 6 } }),
          headers: { ...shop.token, "content-type": "image/png" },
        }),
        await shop.send("GET", `/v1/coupon-pools/${text}`, { headers: shop.token }),
        await shop.send("GET", `/v1/definitions/block/${text}`, { headers: shop.token }),
        await shop.evaluate({ couponCodes: [name], cartId: name }),
      ];
      for (const { status, headers } of answers)
        expect([status < 500, headers["x-evil"], headers["set-cookie"]], text).toEqual([true, undefined, undefined]);
    }
  });

  it("do not make a browser of a foreign page an editor", async () => {
    const foreign = { origin: "https://evil.example", cookie: "clientele_session=made-up" };
    const publish = await shop.send("POST", "/v1/definitions/block/own/pause", { body: {}, headers: foreign });
    expect([401, 403]).toContain(publish.status);
    expect(publish.headers["access-control-allow-credentials"]).toBeUndefined();
    expect(discountOf(await shop.evaluate({}))).toBeGreaterThanOrEqual(0);
    expect(errorOf(publish)).toMatch(/^access\./);
  });
});
