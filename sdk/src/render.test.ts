import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { startClient, useBrowser } from "../testing/browser.ts";
import type { Answer } from "../testing/endpoint.ts";

const bench = useBrowser();
const { openPage } = bench;

const block = {
  placement: "home.hero",
  kind: "block",
  decisionId: "d-1",
  reasons: [],
  value: { blockId: "b-1", name: "Hero", html: '<h2>Hello <em onclick="hack()">you</em></h2><a href="/sale">Sale</a>' },
};
const unit = {
  placement: "product.below",
  kind: "recommendations",
  decisionId: "d-2",
  reasons: [],
  value: {
    unitId: "u-1",
    label: "You may like",
    items: [
      {
        sku: "A",
        name: "Alpha <b>",
        url: "/a.html",
        image: "/a.jpg",
        price: { minor: 4500, currency: "USD" },
        finalPrice: { minor: 3250, currency: "USD" },
      },
      {
        sku: "B",
        name: "Beta",
        url: "javascript:hack()",
        image: null,
        price: { minor: 500, currency: "JPY" },
        finalPrice: null,
      },
    ],
  },
};

const decideWith = (...decisions: readonly object[]) => {
  bench.endpoint.answerWith(({ path }): Answer => (path === "/v1/decide" ? { body: { decisions } } : {}));
};

async function placeElements(page: Page, css = ""): Promise<void> {
  await page.evaluate((style) => {
    document.body.innerHTML = `<div data-clientele-placement="home.hero">default</div><div style="${style}"></div><div data-clientele-placement="product.below"></div>`;
    addEventListener("click", (event) => event.preventDefault());
  }, css);
}

const ofType = (type: string) => bench.endpoint.events().filter((event) => event.type === type);

describe("rotating blocks", () => {
  const rotating = (state: string) => ({ ...block, value: { ...block.value, rotation: { id: "r-1", state } } });
  const sent = () => bench.endpoint.requests.map(({ body }) => (body as { rotations?: object }).rotations);

  it("go on where they were: the state of an answer is sent back, also by the next page", async () => {
    const page = await openPage();
    decideWith(rotating("s-1"));
    await startClient(page, { flushIntervalMs: 60_000 });
    await page.evaluate(() => client.decide(["home.hero"], { events: false }));
    decideWith(rotating("s-2"));
    await page.evaluate(() => client.decide(["home.hero"], { events: false }));
    await page.reload();
    await startClient(page, { flushIntervalMs: 60_000 });
    await page.evaluate(() => client.decide(["home.hero"], { events: false }));
    expect(sent()).toEqual([undefined, { "r-1": "s-1" }, { "r-1": "s-2" }]);
  });

  it("begin again for another visitor, and nothing is kept without consent", async () => {
    const page = await openPage();
    decideWith(rotating("s-1"));
    await startClient(page, { flushIntervalMs: 60_000 });
    const stored = await page.evaluate(async () => {
      await client.decide(["home.hero"], { events: false });
      client.reset();
      await client.decide(["home.hero"], { events: false });
      client.setConsent({ personalisation: false });
      const kept = localStorage.getItem("clientele.rotations");
      await client.decide(["home.hero"], { events: false });
      return [kept, localStorage.getItem("clientele.rotations")];
    });
    expect(stored).toEqual([null, null]);
    const asked = bench.endpoint.requests.filter(({ path }) => path === "/v1/decide");
    expect(asked.map(({ body }) => (body as { rotations?: object }).rotations)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("decide", () => {
  it("asks with identity, context, cart and the events that are not delivered yet, each delivered once", async () => {
    const page = await openPage();
    decideWith(block);
    await startClient(page, { flushIntervalMs: 60_000, storeView: "en", customerId: "42", identityToken: "t" });
    const { id, answer } = await page.evaluate(async () => {
      const id = client.productPageView({ items: [{ sku: "MH01" }] });
      const answer = await client.decide(["home.hero"], {
        cart: { items: [{ sku: "B", qty: 2 }] },
        context: { sku: "MH01" },
        events: [{ type: "seen", properties: { n: 1 } }],
      });
      return { id, answer, stats: client.stats() };
    });
    expect(answer).toEqual({ decisions: [block] });
    const [request] = bench.endpoint.requests;
    expect(request?.headers.authorization).toBe("Bearer wk-test");
    expect(request?.body).toMatchObject({
      placements: ["home.hero"],
      identity: { anonymousId: expect.any(String), customerId: "42", identityToken: "t" },
      context: { storeView: "en", sku: "MH01", sessionId: expect.any(String), page: { url: `${bench.endpoint.url}/` } },
      cart: { items: [{ sku: "B", qty: 2 }] },
      events: [
        { messageId: id, type: "productPageView" },
        { type: "seen", properties: { n: 1 } },
      ],
    });
    expect(await page.evaluate(() => client.stats())).toEqual({ queued: 0, delivered: 2, dropped: 0 });
    await page.evaluate(() => client.flush());
    expect(bench.endpoint.batches()).toHaveLength(0);
  });

  it("gives up after the time limit, aborts the call and leaves the events queued", async () => {
    const page = await openPage();
    let release = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      release = resolve;
    });
    bench.endpoint.answerWith(({ path }) => (path === "/v1/decide" ? { after: promise } : {}));
    await startClient(page, { flushIntervalMs: 60_000 });
    const result = await page.evaluate(async () => {
      client.custom("waiting");
      const startedAt = performance.now();
      const { decisions, error } = await client.decide(["home.hero"]);
      return { decisions, error, took: performance.now() - startedAt, queued: client.stats().queued };
    });
    release();
    expect(result).toMatchObject({ decisions: [], error: { code: "timeout" }, queued: 1 });
    expect(result.took).toBeGreaterThan(1_450);
  });

  it("asks again as an unproven visitor when the identity token was refused", async () => {
    const page = await openPage();
    bench.endpoint.answerWith(({ body }) =>
      (body["identity"] as { identityToken?: string }).identityToken
        ? { status: 401, body: { error: { code: "access.identityToken" } } }
        : { body: { decisions: [block] } },
    );
    await startClient(page, { customerId: "42", identityToken: "expired" });
    expect(await page.evaluate(() => client.decide(["home.hero"]))).toEqual({ decisions: [block] });
  });

  it("passes search, suggestion and recommendation requests on, and rejects when they fail", async () => {
    const page = await openPage();
    bench.endpoint.answerWith(({ path }) =>
      path === "/v1/suggest" ? { status: 500 } : { body: { items: [], total: 0 } },
    );
    await startClient(page, { storeView: "en", email: "a@shop.test" });
    const failure = await page.evaluate(async () => {
      await client.search({ q: "red bag", limit: 12, filter: ["color:red", "size:M"], facets: ["color", "size"] });
      await client.category({ path: "women/tops women", sort: "price:asc" });
      await client.recommendations({ strategy: "more-like-this", items: ["MH01"], limit: 4 });
      return client
        .suggest({ q: "ba" })
        .catch((error: { name: string; code: string; status: number }) => [error.name, error.code, error.status]);
    });
    expect(failure).toEqual(["ClienteleRequestError", "http", 500]);
    const [search, category, recommendations] = bench.endpoint.requests;
    const { anonymousId } = recommendations!.body["identity"] as { anonymousId: string };
    expect([...search!.query.entries()]).toEqual([
      ["storeView", "en"],
      ["q", "red bag"],
      ["limit", "12"],
      ["filter", "color:red"],
      ["filter", "size:M"],
      ["facets", "color,size"],
      ["anonymousId", anonymousId],
    ]);
    expect([category?.path, category?.query.get("sort")]).toEqual([
      "/v1/categories/women/tops%20women/products",
      "price:asc",
    ]);
    expect(recommendations?.body).toMatchObject({
      strategy: "more-like-this",
      items: ["MH01"],
      limit: 4,
      identity: { email: "a@shop.test" },
    });
  });
});

describe("render", () => {
  it("shows blocks and units in their places, prices and links included", async () => {
    const page = await openPage();
    decideWith(block, unit);
    await placeElements(page);
    await startClient(page);
    const { rendered } = await page.evaluate(async () => client.render(document.body));

    expect(rendered).toEqual(["home.hero", "product.below"]);
    expect(await page.locator("[data-clientele-placement='home.hero']").innerHTML()).toBe(
      '<h2>Hello <em>you</em></h2><a href="/sale">Sale</a>',
    );
    await page.getByRole("region", { name: "You may like" }).getByRole("link", { name: "Alpha <b>" }).waitFor();
    expect(
      await page
        .locator("li a")
        .evaluateAll((links) => links.map((link) => [link.getAttribute("href"), link.textContent])),
    ).toEqual([
      ["/a.html", "Alpha <b>$45.00 $32.50"],
      ["#", "Beta¥500"],
    ]);
    expect(await page.locator("li img").getAttribute("src")).toBe("/a.jpg");
  });

  it("keeps the shop's own content where nothing qualified or nobody answered", async () => {
    const page = await openPage();
    decideWith({
      placement: "home.hero",
      kind: null,
      value: null,
      decisionId: "d-9",
      reasons: [{ code: "none", text: "" }],
    });
    await placeElements(page);
    await startClient(page);
    expect(await page.evaluate(async () => (await client.render(document.body)).rendered)).toEqual([]);
    bench.endpoint.answerWith(() => ({ status: 500 }));
    expect(await page.evaluate(async () => client.render(document.body))).toMatchObject({
      decisions: [],
      rendered: [],
      error: { code: "http" },
    });
    expect(await page.locator("[data-clientele-placement='home.hero']").textContent()).toBe("default");
  });

  it("takes a template of the shop and decisions at hand", async () => {
    const page = await openPage();
    await placeElements(page);
    await startClient(page);
    await page.evaluate(
      (decisions) =>
        client.render(
          { "product.below": document.querySelector("[data-clientele-placement='product.below']") as Element },
          {
            decisions: decisions as never,
            template: (decision) => {
              if (decision.kind !== "recommendations") return null;
              const list = document.createElement("div");
              for (const { sku } of decision.value.items) {
                const tile = document.createElement("article");
                tile.dataset["clienteleSku"] = sku;
                tile.innerHTML = `<a href="/${sku}">Show ${sku}</a><button>Compare ${sku}</button><p>About ${sku}</p>`;
                const button = document.createElement("button");
                button.dataset["clienteleAddToCart"] = sku;
                button.textContent = `Buy ${sku}`;
                tile.append(button);
                list.append(tile);
              }
              return list;
            },
          },
        ),
      [unit],
    );
    await page.getByRole("button", { name: "Compare A" }).click();
    await page.getByText("About A").click();
    await page.getByRole("link", { name: "Show A" }).click();
    await page.getByRole("button", { name: "Buy B" }).click();
    await bench.endpoint.until(() => ofType("recsItemAddToCartClick").length > 0);
    expect(ofType("recsItemClick").map((event) => event.properties.sku)).toEqual(["A"]);
    expect(bench.endpoint.requests.every(({ path }) => path === "/v1/events")).toBe(true);
    expect(ofType("recsItemAddToCartClick")[0]?.properties).toMatchObject({
      sku: "B",
      rank: 2,
      unitId: "u-1",
      decisionId: "d-2",
      placement: "product.below",
    });
  });

  it("reports impression and click of block and unit, each once per decision", async () => {
    const page = await openPage();
    decideWith(block, unit);
    await placeElements(page);
    await startClient(page, { flushIntervalMs: 0 });
    await page.evaluate(async () => {
      await client.render(document.body);
      await client.render(document.body);
    });
    for (let times = 0; times < 2; times += 1) {
      await page.getByRole("link", { name: "Sale" }).click();
      await page.getByRole("link", { name: "Alpha" }).click();
    }
    await page.getByRole("link", { name: "Beta" }).click();
    await page.evaluate(() => client.custom("end"));
    await bench.endpoint.until(() => ofType("end").length > 0);

    expect(bench.endpoint.types().filter((type) => type !== "recsUnitView")).toEqual([
      "propositionDisplay",
      "recsUnitRender",
      "propositionInteract",
      "recsItemClick",
      "recsItemClick",
      "end",
    ]);
    expect(ofType("propositionInteract")[0]?.properties).toEqual({
      decisionId: "d-1",
      placement: "home.hero",
      blockId: "b-1",
    });
    const shared = { decisionId: "d-2", placement: "product.below", unitId: "u-1" };
    expect(ofType("recsUnitRender")[0]?.properties).toMatchObject({
      ...shared,
      items: [
        { sku: "A", rank: 1 },
        { sku: "B", rank: 2 },
      ],
    });
    expect(ofType("recsItemClick").map((event) => event.properties)).toMatchObject([
      { ...shared, sku: "A", rank: 1, items: [{ sku: "A", rank: 1 }] },
      { ...shared, sku: "B", rank: 2 },
    ]);
  });

  it("counts a view after one second at least half visible, not before and not again", async () => {
    const page = await openPage();
    // The clock stands still but for runFor: on a busy machine the second must not pass by itself.
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1_000);
    decideWith(unit);
    await placeElements(page, "height: 3000px");
    await startClient(page, { flushIntervalMs: 0 });
    await page.evaluate(async () => client.render(document.body));
    await page.clock.runFor(3_000);
    expect(ofType("recsUnitView")).toEqual([]);

    const unitElement = page.locator("[data-clientele-placement='product.below']");
    // One frame after the observer has reported, the SDK has started or stopped its second.
    const scrollAndSettle = (visible: boolean) =>
      unitElement.evaluate(
        (element, inView) =>
          new Promise<void>((resolve) => {
            const observer = new IntersectionObserver(
              ([entry]) => {
                if (entry!.intersectionRatio >= 0.5 !== inView) return;
                observer.disconnect();
                queueMicrotask(resolve);
              },
              { threshold: [0, 0.5, 1] },
            );
            observer.observe(element);
            scrollTo(0, inView ? 1e6 : 0);
          }),
        visible,
      );
    await scrollAndSettle(true);
    await page.clock.runFor(900);
    await scrollAndSettle(false);
    await page.clock.runFor(5_000);
    await page.evaluate(() => client.flush());
    expect(ofType("recsUnitView")).toEqual([]);

    await scrollAndSettle(true);
    await page.clock.runFor(1_050);
    await bench.endpoint.until(() => ofType("recsUnitView").length > 0);
    await scrollAndSettle(false);
    await scrollAndSettle(true);
    await page.clock.runFor(5_000);
    await page.evaluate(() => client.flush());
    expect(ofType("recsUnitView")).toHaveLength(1);
    expect(ofType("recsUnitView")[0]?.properties).toMatchObject({
      unitId: "u-1",
      decisionId: "d-2",
      placement: "product.below",
    });
  });

  it("does not count a view while the page is hidden", async () => {
    const page = await openPage();
    await page.clock.install();
    decideWith(unit);
    await placeElements(page);
    await startClient(page, { flushIntervalMs: 0 });
    const setVisibility = (state: "hidden" | "visible") =>
      page.evaluate((value) => {
        Object.defineProperty(document, "visibilityState", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await setVisibility("hidden");
    await page.evaluate(async () => client.render(document.body));
    await page.clock.runFor(3_000);
    await page.evaluate(() => client.flush());
    expect(ofType("recsUnitRender")).toHaveLength(1);
    expect(ofType("recsUnitView")).toEqual([]);
    await setVisibility("visible");
    await page.clock.runFor(1_050);
    await bench.endpoint.until(() => ofType("recsUnitView").length === 1);
  });
});
