import { describe, expect, it } from "vitest";
import { press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const ofBrand = (brand: string) => ({ attribute: { path: "product.brand", op: "eq", value: brand } });
const percent = { type: "percent", percent: "10" };

describe("warnings", { timeout: 120_000 }, () => {
  const its = useAdmin(async ({ app, call }) => {
    await call("PUT", "/v1/catalog/products", [
      { sku: "duffle", name: "Duffle bag", price: usd(4_000), brand: "Acme" },
      { sku: "tote", name: "Canvas tote", price: usd(2_000), brand: "Other" },
    ]);
    await app.search.settled();
  });
  const publish = async (kind: string, key: string, name: string, body: object) => {
    await its.admin.call("POST", `/v1/definitions/${kind}`, { key, name, body });
    await its.admin.call("POST", `/v1/definitions/${kind}/${key}/publish`, {});
  };

  it("is reached from the navigation, and says so when all is well", async () => {
    const page = await its.open("/price-rules");
    await page.getByRole("link", { name: "Warnings", exact: true }).click();
    await its.titled(page, "Warnings");
    await page.getByText("No price rule has a problem").waitFor();
    await page.getByText("All that offers need is live").waitFor();
    await page.getByText("Somebody can see every block").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("lists rules and blocks that do nothing, with what to do, and the rest on demand", async () => {
    await publish("cart-price-rule", "stopper", "Acme week", {
      ...{ priority: 1, stop: true, targets: ofBrand("Acme"), action: percent },
    });
    await publish("cart-price-rule", "late", "Acme late", { priority: 9, targets: ofBrand("Acme"), action: percent });
    await publish("cart-price-rule", "tote", "Totes", { priority: 9, targets: ofBrand("Other"), action: percent });
    await publish("catalog-price-rule", "nobody", "Nobody less", {
      ...{ priority: 1, conditions: ofBrand("Nobody"), action: { type: "by_percent", percent: "5" } },
    });
    await publish("cart-price-rule", "cart-wide", "Whole cart", { priority: 10, action: percent });
    const torn = (value: string) => ({ attribute: { path: "profile.gender", op: "eq", value } });
    await publish("block", "hello", "Hello", {
      ...{ placement: "home", priority: 1, audiences: [], html: "<p>Hello</p>" },
      rule: { all: [torn("male"), torn("female")] },
    });
    const page = await its.open("/warnings");
    const rules = page.getByRole("list", { name: "Warnings about price rules" });
    const late = rules.getByRole("listitem").filter({ hasText: "Acme late never does anything" });
    await late.getByText("Problem", { exact: true }).waitFor();
    await late.getByText("Give it a lower priority number").waitFor();
    await late.getByRole("link", { name: "Acme week" }).waitFor();
    await rules.getByText("No product of the catalog is one that Nobody less is for.").waitFor();
    expect(await rules.getByText("both discount").count()).toBe(0);
    const blocks = page.getByRole("list", { name: "Warnings about blocks" });
    await blocks.getByText("Nobody sees it").waitFor();
    await blocks.getByText("it contradicts itself on profile.gender.").waitFor();
    await its.checkLayout(page);
    await page.getByRole("radio", { name: "Everything" }).press("Enter");
    await rules.getByText("Totes and Whole cart both discount the same 1 product.").waitFor();
    expect(page.url()).toContain("show=all");
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
    await blocks.getByRole("link", { name: "Hello" }).press("Enter");
    await its.titled(page, "Hello");
    await page.getByText("Its rule can never hold").waitFor();
  });

  it("goes by keyboard to the rule that has to be changed", async () => {
    const page = await its.open("/warnings");
    const rules = page.getByRole("list", { name: "Warnings about price rules" });
    await rules.getByRole("link", { name: "Acme late" }).press("Enter");
    await its.titled(page, "Acme late");
    expect(its.faults()).toEqual([]);
  });

  it("says before a rule is published what it would run into", async () => {
    const draft = (kind: string, key: string, name: string, body: object) =>
      its.admin.call("POST", `/v1/definitions/${kind}`, { key, name, body });
    await draft("cart-price-rule", "third", "Acme third", { priority: 20, targets: ofBrand("Acme"), action: percent });
    const page = await its.open("/price-rules/third");
    await page.getByRole("region", { name: "What it meets" }).getByText("this rule never does anything").waitFor();
    await press(page, "Publish…");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Look at this before you publish").waitFor();
    await dialog.getByRole("link", { name: "Acme week" }).waitFor();
    await dialog.getByText("this rule never does anything").waitFor();
    await its.checkLayout(page);
    await draft("cart-price-rule", "free", "Free", {
      ...{ priority: 0, websites: ["elsewhere"], targets: ofBrand("Other"), action: percent },
    });
    await its.open("/price-rules/free");
    await press(page, "Publish…");
    await page.getByRole("dialog").getByText("It meets other published rules").waitFor();
    const off = { type: "by_percent", percent: "5" };
    await draft("catalog-price-rule", "none", "None", { priority: 1, conditions: ofBrand("Nobody"), action: off });
    await its.open("/catalog-price-rules/none");
    await press(page, "Publish…");
    await page.getByRole("dialog").getByText("No product of the catalog is one that it is for.").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("names what is paused or archived and still asked for: on the page, and before a draft is published", async () => {
    const act = (kind: string, key: string, verb: string, body: object = {}) =>
      its.admin.call("POST", `/v1/definitions/${kind}/${key}/${verb}`, body);
    await publish("price-rule-group", "week", "Best of the week", { priority: 1, mode: "highest" });
    const grouped = { priority: 50, websites: ["far"], group: "week", action: percent };
    await publish("cart-price-rule", "grouped", "Grouped", grouped);
    const place = { placement: "home.top", channel: "web", contentType: "html" };
    await publish("offer-placement", "top", "Top of the home page", place);
    const shown = [{ placement: "top", html: "<p>Hi</p>" }];
    await publish("offer", "hiking", "Hiking days", { priority: 1, audiences: [], representations: shown });
    const body = { priority: 2, audiences: [], representations: shown };
    await its.admin.call("POST", "/v1/definitions/offer", { key: "trails", name: "Trails", body });
    await act("price-rule-group", "week", "pause");
    await act("offer-placement", "top", "archive", { force: true });
    const page = await its.open("/warnings");
    const rules = page.getByRole("list", { name: "Warnings about price rules" });
    const own = rules.getByRole("listitem").filter({ hasText: "Grouped names what is not live" });
    await own.getByText("Publish or resume what is missing").waitFor();
    await own.getByText("(paused)", { exact: false }).last().waitFor();
    const offers = page.getByRole("list", { name: "Warnings about offers" });
    await offers.getByText("So it is shown nowhere.").waitFor();
    await offers.getByRole("link", { name: "Top of the home page" }).waitFor();
    await its.checkLayout(page);
    await own.getByRole("link", { name: "Best of the week" }).press("Enter");
    await its.titled(page, "Best of the week");

    const draft = { key: "second", name: "Second", body: { ...grouped, priority: 51 } };
    await its.admin.call("POST", "/v1/definitions/cart-price-rule", draft);
    await its.open("/price-rules/second");
    await press(page, "Publish…");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("It names what is not live").waitFor();
    await dialog.getByText("So it runs by itself, beside all other rules.").waitFor();
    await its.checkLayout(page);
    await dialog.getByRole("link", { name: "Best of the week" }).waitFor();
    await its.open("/offers/trails");
    await press(page, "Publish…");
    await page.getByRole("dialog").getByText("So it is shown nowhere.").waitFor();
    expect(its.faults()).toEqual([]);
  });
});
