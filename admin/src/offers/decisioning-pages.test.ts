import { describe, expect, it } from "vitest";
import { choose } from "../testing/choose.ts";
import { press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
const usd = (minor: number) => ({ minor, currency: "USD" });

describe("offers, simulations, the calendar and reminder rules", { timeout: 150_000 }, () => {
  const its = useAdmin(async ({ app, call }) => {
    const make = async (kind: string, key: string, body: object) => {
      await call("POST", `/v1/definitions/${kind}`, { key, name: `The ${key}`, body });
      await call("POST", `/v1/definitions/${kind}/${key}/publish`, {});
    };
    await make("offer-placement", "hero", { placement: "home.hero", channel: "web", contentType: "html" });
    const representations = [{ placement: "hero", html: "<p>Ten percent off bags</p>" }];
    await make("offer", "bags", { priority: 5, audiences: [], representations, tags: ["summer"] });
    await make("offer-collection", "summer", { tags: { any: ["summer"] } });
    await make("offer-policy", "main", {
      ...{ placements: ["hero"], priority: 1, audiences: [], wanted: 1, emptyAllowed: true },
      entries: [{ type: "strategy", name: "first", collection: "summer", ranking: { method: "model", model: {} } }],
    });
    await make("reminder-rule", "cart", {
      ...{ join: "all", triggers: [{ kind: "cart", after: "1d" }], repeat: "7,14", template: null },
    });
    const percent = (percents: string) => ({
      ...{ priority: 1, from: day(-1), to: day(1), action: { type: "percent", percent: percents } },
    });
    await make("cart-price-rule", "sale", percent("10"));
    const draft = await call("GET", "/v1/definitions/cart-price-rule/sale");
    await app.server.inject({
      method: "PUT",
      url: "/v1/definitions/cart-price-rule/sale",
      headers: { authorization: "Bearer demo-admin-token", "if-match": `"${String(draft["etag"])}"` },
      payload: { name: "The sale", body: percent("20") },
    });
    const items = [{ sku: "duffle", name: "Duffle bag", qty: 1, unitPrice: usd(10_000), lineTotal: usd(10_000) }];
    await call("POST", "/v1/events", {
      events: [
        {
          ...{ type: "orderPlaced", messageId: "m-1", customerId: "c-1", timestamp: new Date().toISOString() },
          properties: { orderId: "o-1", orderTotal: usd(10_000), items },
        },
      ],
    });
    await app.settle();
  });

  it("show offers with their content and limits, and what a policy decides", async () => {
    const page = await its.open("/offers/bags");
    await its.titled(page, "The bags");
    await press(page, "Add a limit");
    await page.getByRole("region", { name: "Limit 1" }).getByRole("textbox", { name: "At most, times" }).waitFor();
    await its.checkLayout(page);
    await press(page, "Remove limit 1");
    await its.open("/offer-collections/summer");
    await its.titled(page, "The summer");
    await its.checkLayout(page);
    await its.open("/offer-placements/hero");
    await its.titled(page, "The hero");
    await its.checkLayout(page);
    await its.open("/offer-policies/main");
    await its.titled(page, "The main");
    await page.getByRole("region", { name: "Decide as" }).getByText("The bags").first().waitFor();
    await press(page, "Try now");
    await page.getByText(/Fallback \d+, something else \d+, nothing \d+/).waitFor();
    await its.checkLayout(page);
    await page.getByRole("tab", { name: "Models" }).click();
    await page.getByText("None yet: by priority, and a share by chance").waitFor();
    expect(its.faults()).toEqual([]);
  });

  it("simulate the drafts of price rules and tell what changes", async () => {
    const page = await its.open("/simulations");
    await page.getByText("Choose a rule, or all drafts.").waitFor();
    await its.checkLayout(page);
    await page.getByText("All drafts of cart price rules").click();
    await choose(page, /Period$/, "Last 7 days");
    await press(page, "Start");
    await its.titled(page, "Simulation");
    await page.getByRole("heading", { name: "1 orders in USD" }).waitFor();
    await page.getByText("$20.00", { exact: true }).first().waitFor();
    await page
      .getByText("The sale (changed)")
      .or(page.getByRole("link", { name: "The sale" }))
      .first()
      .waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("lay out what runs when, and the mails of a reminder rule", async () => {
    const page = await its.open("/calendar?span=week");
    await page
      .getByRole("rowheader", { name: /The sale/ })
      .first()
      .waitFor();
    await its.checkLayout(page);
    await its.open("/reminder-rules/cart");
    await its.titled(page, "The cart");
    await page.getByText(/^Message 3: /).waitFor();
    await its.checkLayout(page);
    await page.getByRole("tab", { name: "Due now" }).click();
    await page.getByRole("region", { name: "Due now" }).getByText("Nobody is due now.").waitFor();
    await page.getByRole("tab", { name: "Runs" }).click();
    await press(page, "Run now");
    await page.getByRole("table", { name: "Runs" }).getByText("finished").first().waitFor();
    expect(its.faults()).toEqual([]);
  });
});
