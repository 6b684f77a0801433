import { describe, expect, it } from "vitest";
import { useBrowser } from "../testing/browser.ts";

const bench = useBrowser();
const { openPage } = bench;

const attacks = [
  `<script>hacked=1</script>`,
  `<img src=x onerror=hacked=1>`,
  `<img src="javascript:hacked=1">`,
  `<img src=x:x onerror&#61;hacked=1>`,
  `<svg onload=hacked=1>`,
  `<svg><script>hacked=1</script></svg>`,
  `<svg><script>hacked=1<p>x</p></script></svg>`,
  `<svg><a xlink:href="javascript:hacked=1"><text y=9>x</text></a></svg>`,
  `<svg><animate onbegin=hacked=1 attributeName=x dur=1s>`,
  `<svg></p><style><a id="</style><img src=1 onerror=hacked=1>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hacked=1&gt;">`,
  `<math><annotation-xml encoding="text/html"><script>hacked=1</script></annotation-xml></math>`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror=hacked=1>`,
  `<noscript><p title="</noscript><img src=x onerror=hacked=1>">`,
  `<template><script>hacked=1</script><img src=x onerror=hacked=1></template>`,
  `<iframe src="javascript:hacked=1"></iframe>`,
  `<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>`,
  `<object data="javascript:hacked=1"></object><embed src="javascript:hacked=1">`,
  `<a href="javascript:hacked=1">x</a>`,
  `<a href=" &#x6a;avascript:hacked=1">x</a>`,
  `<a href="java&#10;script:hacked=1">x</a>`,
  `<a href="\u0001javascript:hacked=1">x</a>`,
  `<a href="JaVaScRiPt&colon;hacked=1">x</a>`,
  `<a href="vbscript:x">x</a><a href="data:text/html,<script>hacked=1</script>">x</a>`,
  `<a href="blob:http://x/1">x</a><a href="file:///etc/passwd">x</a>`,
  `<form action="javascript:hacked=1"><button formaction="javascript:hacked=1">x</button></form>`,
  `<input autofocus onfocus=hacked=1>`,
  `<details open ontoggle=hacked=1>x</details>`,
  `<video><source onerror=hacked=1></video><audio src onerror=hacked=1>`,
  `<body onload=hacked=1><p>x`,
  `<meta http-equiv=refresh content="0;url=javascript:hacked=1"><base href="//evil.test/"><link rel=stylesheet href="//evil.test/x.css">`,
  `<style>@import "//evil.test/x.css"; * { background: url(//evil.test/) }</style>`,
  `<p style="background-image:url(//evil.test/x)">x</p><p style="width:expression(hacked=1)">x</p>`,
  `<p style="position:fixed;inset:0;z-index:9">x</p><p style="color:var(--x)">x</p>`,
  `<p style="border-image:url(//evil.test/x) 1;cursor:url(//evil.test/y),auto">x</p>`,
  `<picture><source srcset="javascript:hacked=1"><img srcset="/a.png 1x, javascript:hacked=1 2x"></picture>`,
  `<p id=body name=cookie data-mage-init='{"x":{}}' data-bind="x" contenteditable autofocus tabindex=1>x</p>`,
  `<p is="x-hack">x</p><x-hack onclick=hacked=1>y</x-hack>`,
  `<a href="/x" ping="//evil.test/" target="_parent" download>x</a>`,
  `<textarea></textarea><img src=x onerror=hacked=1></textarea>`,
  `<xmp><img src=x onerror=hacked=1></xmp><plaintext><img src=x onerror=hacked=1>`,
  `<!--><img src=x onerror=hacked=1>--><![CDATA[<img src=x onerror=hacked=1>]]><?x <img src=x onerror=hacked=1>?>`,
  `${"<div>".repeat(3_000)}<img src=x onerror=hacked=1>`,
];

describe("sanitizeHtml", () => {
  it(`lets none of ${attacks.length} attacks through: no code, no foreign request, nothing but allowed nodes`, async () => {
    const page = await openPage();
    const foreign: string[] = [];
    page.on("request", (request) => !request.url().startsWith(bench.endpoint.url) && foreign.push(request.url()));
    const left = await page.evaluate((corpus) => {
      const problems: string[] = [];
      for (const attack of corpus) {
        const host = document.createElement("div");
        document.body.append(host);
        host.append(clientele.sanitizeHtml(attack));
        for (const element of host.querySelectorAll("*")) {
          if (!(element instanceof HTMLElement)) problems.push(`${attack}: ${element.nodeName}`);
          if (
            /^(script|style|iframe|object|embed|form|input|textarea|template|noscript|svg|math|link|meta|base|x-hack)$/.test(
              element.localName,
            )
          )
            problems.push(`${attack}: ${element.localName}`);
          for (const { name, value } of element.attributes) {
            const isAllowed = /^(href|src|srcset|alt|class|title|style|type|rel|target)$/.test(name);
            const isSafe = !/^\W*(java|vb)\s*script|data:|blob:|file:|url\(|var\(|fixed|expression/i.test(value);
            if (!isAllowed || !isSafe) problems.push(`${attack}: ${name}=${value}`);
          }
          // A link that is left must not be code; one that leads to another page would end the test.
          if (element instanceof HTMLElement && !/^https?:/.test((element as HTMLAnchorElement).protocol ?? ""))
            element.click();
        }
      }
      return problems;
    }, attacks);
    expect(left).toEqual([]);
    // Handlers of broken images run as tasks: when a later image has failed, theirs would have run.
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const last = new Image();
          last.onerror = resolve;
          last.src = "data:,";
        }),
    );
    expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
    expect(foreign).toEqual([]);
  });

  it("keeps what a merchant writes", async () => {
    const page = await openPage();
    const html = [
      `<h2 class="title" style="color: rgb(255, 0, 0); text-align: center;">Sale &amp; more</h2>`,
      `<p lang="de" dir="ltr">1 &lt; 2 <strong>now</strong><br><span aria-label="x">y</span></p>`,
      `<a href="https://shop.test/a?b=1&amp;c=2#d" target="_blank" rel="noopener noreferrer">a</a><a href="mailto:a@b.test">m</a><a href="tel:+1">t</a><a href="../x">r</a>`,
      `<img src="/a.png" srcset="/a.png 1x, /b.png 2x" alt="A" width="10" height="5" loading="lazy">`,
      `<table><tbody><tr><td colspan="2">c</td></tr></tbody></table><ol start="3"><li>x</li></ol><button type="button">ok</button>`,
    ].join("");
    const kept = await page.evaluate((source) => {
      const host = document.createElement("div");
      host.append(clientele.sanitizeHtml(source));
      return host.innerHTML;
    }, html);
    expect(kept).toBe(html);
  });

  it("unwraps unknown elements and stops at 5,000 nodes", async () => {
    const page = await openPage();
    const result = await page.evaluate(() => {
      const host = document.createElement("div");
      host.append(clientele.sanitizeHtml("<form><x-card><p>kept</p></x-card></form>"));
      const many = clientele.sanitizeHtml("<b>x</b>".repeat(20_000));
      return { html: host.innerHTML, count: many.childNodes.length };
    });
    expect(result.html).toBe("<p>kept</p>");
    expect(result.count).toBeLessThanOrEqual(2_500);
    expect(result.count).toBeGreaterThan(2_000);
  });
});
