import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sanitizeMarkup } from "../../sanitize-markup.ts";
import type { BlockContent } from "../block.ts";
import { compileContent } from "./compile-content.ts";
import { contentFaults } from "./content-faults.ts";
import { plainText, textOfValue } from "./placeholder-values.ts";

const check = { hasAttribute: (code: string) => code === "color" };
const faultsOf = (content: BlockContent) => contentFaults(content, "", check);

function fill(content: BlockContent, values: Readonly<Record<string, string>> = {}) {
  const filled = compileContent(content).fill((path) => values[path]);
  if (!filled.ok) throw new Error(`missing ${filled.missing}`);
  return filled.content;
}

const attacks = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `javascript:alert(1)`,
  `JaVaScRiPt:alert(1)`,
  `data:text/html,<script>alert(1)</script>`,
  `//evil.example/x`,
  `\\\\evil.example`,
  `/\\evil.example`,
  `\tjavascript:alert(1)`,
  `&#106;avascript:alert(1)`,
  `{{product.name}}`,
  `{{constructor.constructor('alert(1)')()}}`,
  `</p><svg/onload=alert(1)>`,
  `-->]]><script>`,
  "`onload=alert(1)",
];

describe("placeholders", () => {
  it("are filled in text, attributes, addresses and JSON, each escaped for its place", () => {
    const values = { "product.name": `Tom & "Co" <b>`, "product.url": "https://shop.example/a?b=1&c=2" };
    expect(fill({ html: `<p>{{product.name}}</p>` }, values).html).toBe("<p>Tom &#38; &#34;Co&#34; &#60;b&#62;</p>");
    expect(fill({ html: `<img src="/a.png" alt="{{ product.name }}">` }, values).html).toBe(
      `<img src="/a.png" alt="Tom &#38; &#34;Co&#34; &#60;b&#62;" />`,
    );
    expect(fill({ html: `<a href="{{product.url}}">x</a>` }, values).html).toBe(
      `<a href="https://shop.example/a?b=1&#38;c=2">x</a>`,
    );
    expect(fill({ html: `<a href="/search?q={{product.name}}">x</a>` }, values).html).toBe(
      `<a href="/search?q=Tom%20%26%20%22Co%22%20%3Cb%3E">x</a>`,
    );
    expect(
      fill({ json: { title: "{{product.name}}!", list: [{ a: "{{product.url}}" }, 1, null] } }, values).json,
    ).toEqual({
      title: `Tom & "Co" <b>!`,
      list: [{ a: "https://shop.example/a?b=1&c=2" }, 1, null],
    });
    expect(fill({ html: "x", link: "{{product.url}}#top", alt: "{{product.name}}" }, values)).toMatchObject({
      link: "https://shop.example/a?b=1&c=2#top",
      alt: `Tom & "Co" <b>`,
    });
  });

  it("say what stands behind the bar where there is no value, and hide the content where nothing does", () => {
    expect(fill({ html: "<p>Hello {{profile.first_name|dear & faithful guest}}</p>" }).html).toBe(
      "<p>Hello dear &#38; faithful guest</p>",
    );
    expect(fill({ html: "<p>Hello{{profile.first_name|}}</p>" }, { "profile.first_name": "" }).html).toBe(
      "<p>Hello</p>",
    );
    expect(compileContent({ html: "<p>Hello {{profile.first_name}}</p>" }).fill(() => undefined)).toEqual({
      ok: false,
      missing: "profile.first_name",
    });
    expect(compileContent({ json: { a: ["{{cart.subtotal}}"] } }).fill(() => undefined).ok).toBe(false);
  });

  it("are text in the place of an element's name", () => {
    const html = "<{{product.name}}>x</p>";
    expect(fill({ html }, { "product.name": "script" }).html).toBe("&lt;script&gt;x<p></p>");
  });

  it("leave braces that are none as they are", () => {
    expect(fill({ html: "<p>{{ something }} {{#each}} { }</p>" }).html).toBe("<p>{{ something }} {{#each}} { }</p>");
  });

  it.each([
    ["{{profile.password}}", "content.placeholder"],
    ["{{product.attribute.cost}}", "content.placeholder"],
    ["{{product.attribute.size}}", "content.placeholder"],
    ["{{profile.__proto__}}", "content.placeholder"],
    ["{{constructor}}", "content.placeholder"],
    ["{{product.name", "content.placeholder"],
    ["{{product.name|{{product.sku}}}}", "content.placeholder"],
    ["{{#products unit}}", "content.placeholder"],
    [`<b class="{{product.name}}">x</b>`, "content.placeholderPlace"],
    [`<b style="color: {{product.name}}">x</b>`, "content.placeholderPlace"],
    [`<b data-bind="{{product.name}}">x</b>`, "content.placeholderPlace"],
    [`<b id="{{product.name}}">x</b>`, "content.placeholderPlace"],
    [`<b onclick="{{product.name}}">x</b>`, "content.placeholderPlace"],
    [`<script>{{product.name}}</script>x`, "content.placeholderPlace"],
    [`<!-- {{product.name}} -->x`, "content.placeholderPlace"],
    [`<a href="https://{{profile.first_name}}/x">x</a>`, "content.placeholderPlace"],
    [`<a href="https://shop{{profile.first_name}}">x</a>`, "content.placeholderPlace"],
    [`<a href="//{{profile.first_name}}">x</a>`, "content.placeholderPlace"],
    [`<a href="java{{profile.first_name}}">x</a>`, "content.placeholderPlace"],
    [`<a href="javascript:{{profile.first_name}}">x</a>`, "content.placeholderPlace"],
    [`<img srcset="{{product.image}} 1x" src="/a.png">`, "content.placeholderPlace"],
    [`&#123;&#123;product.name}} and {{product.sku}}`, "content.placeholderPlace"],
  ])("are refused on save: %s", (html, code) => {
    expect(faultsOf({ html })).toMatchObject([{ path: "/html", code }]);
  });

  it("are taken on save where they may stand", () => {
    const html = `<h2 title="{{product.name}}">{{product.attribute.color|any}}</h2><a href="{{product.url}}?a=1">x</a><a href="/s/{{product.sku}}">x</a><img src="{{product.image}}" alt="">`;
    expect(
      faultsOf({ html, link: "/p/{{product.sku}}", alt: "{{product.name}}", json: { a: "{{cart.subtotal}}" } }),
    ).toEqual([]);
    expect(faultsOf({ json: { "{{product.name}}": 1 } })).toMatchObject([{ code: "content.placeholderPlace" }]);
    expect(faultsOf({ json: { a: [{ "b/c": "{{nope}}" }] } })).toMatchObject([{ path: "/json/a/0/b~1c" }]);
    for (const link of ["https://{{profile.first_name}}/", "//{{product.sku}}", "javascript:{{product.sku}}", "\\\\x"])
      expect(faultsOf({ html: "x", link })).toMatchObject([{ path: "/link", code: "content.link" }]);
  });
});

describe("values from outside", () => {
  it.each(attacks)("never become markup, attributes or addresses: %s", (attack) => {
    const html = `<p title="{{profile.first_name}}">{{profile.first_name}}</p><a href="{{profile.first_name}}">a</a><a href="/q={{profile.first_name}}">b</a><img src="{{profile.first_name}}" alt="x">`;
    const filled = fill({ html, link: "{{profile.first_name}}" }, { "profile.first_name": attack });
    // Everything that is there was there with a harmless name: the sanitiser finds nothing to remove.
    const harmless = fill({ html }, { "profile.first_name": "/Ann" }).html ?? "";
    const skeleton = (text: string) => text.replace(/="[^"]*"/g, '=""').replace(/>[^<]*</g, "><");
    expect(skeleton(filled.html ?? "")).toBe(skeleton(harmless));
    expect(filled.html).not.toMatch(/(?:href|src)="(?:javascript|data|\/\/|\\)/i);
    expect(filled.link).toBeUndefined();
    expect(sanitizeMarkup(filled.html ?? "").length).toBeGreaterThan(0);
  });

  it("keep the elements of the markup as they are, whatever they hold", () => {
    const html = `<p title="a {{profile.first_name}}">x {{profile.last_name}} y</p><a href="/s?q={{context.query}}">z</a>`;
    const compiled = compileContent({ html });
    const shape = /^<p title="a [^"<>]*">x [^<>]* y<\/p><a href="\/s\?q=[^"<>\s]*">z<\/a>$/s;
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...attacks));
    fc.assert(
      fc.property(text, text, text, (first, last, query) => {
        const values: Record<string, string> = {
          "profile.first_name": first || "-",
          "profile.last_name": last || "-",
          "context.query": query || "-",
        };
        const filled = compiled.fill((path) => values[path]);
        expect(filled.ok && filled.content.html).toMatch(shape);
      }),
      { numRuns: 500 },
    );
  });

  it("stay one value of JSON, names of prototypes among its keys", () => {
    const json = JSON.parse(`{"__proto__": {"polluted": "{{product.name}}"}, "a": "{{product.name}}"}`);
    const filled = fill({ json }, { "product.name": `","admin":true,"x":"` });
    expect(Object.keys(filled.json ?? {})).toEqual(["__proto__", "a"]);
    expect(JSON.parse(JSON.stringify(filled.json))["a"]).toBe(`","admin":true,"x":"`);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("are one line of plain text, no longer than 500 characters, and no template of the client's", () => {
    expect(plainText("a\u0000b\u202Ec\nd")).toBe("a b c d");
    expect(plainText("{{alert}}")).toBe("{ {alert}}");
    expect(plainText("{{{x")).not.toContain("{{");
    expect(plainText("x".repeat(10_000))).toHaveLength(500);
    expect(() => fill({ html: `<a href="/{{context.query}}">x</a>` }, { "context.query": "\uD800" })).not.toThrow();
  });

  it("are written as people of the store view write them", () => {
    const money = { minor: 123_450, currency: "EUR" };
    expect(textOfValue(money, "en")).toBe("€1,234.50");
    expect(textOfValue(money, "de")?.replace(/\u00a0/g, " ")).toBe("1.234,50 €");
    expect(textOfValue({ minor: 1_500, currency: "JPY" }, "en")).toBe("¥1,500");
    expect(textOfValue({ minor: 900_719_925_474_099, currency: "USD" }, "en")).toBe("$9,007,199,254,740.99");
    expect(textOfValue({ minor: 1, currency: "<b>" }, "en")).toBeUndefined();
    expect(textOfValue(["red", "blue"], "en")).toBe("red, blue");
    expect(textOfValue({ a: 1 }, "en")).toBeUndefined();
    expect(textOfValue(Number.NaN, "en")).toBeUndefined();
  });
});
