import { describe, expect, it } from "vitest";
import { choose } from "../testing/choose.ts";
import { openTab, press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const percent = (percents: string) => ({ priority: 1, action: { type: "percent", percent: percents } });
const cartOf = (cartId: string, qty: number) => ({
  cart: { cartId, currency: "USD", lines: [{ sku: "duffle", qty, unitPrice: usd(10_000) }] },
});

describe("drafts on live carts", { timeout: 150_000 }, () => {
  const its = useAdmin(async ({ app, call }) => {
    await call("PUT", "/v1/catalog/products", [{ sku: "duffle", name: "Duffle bag", price: "100", currency: "USD" }]);
    await call("POST", "/v1/definitions/cart-price-rule", { key: "sale", name: "The sale", body: percent("10") });
    await call("POST", "/v1/definitions/cart-price-rule/sale/publish", {});
    const draft = await call("GET", "/v1/definitions/cart-price-rule/sale");
    await app.server.inject({
      method: "PUT",
      url: "/v1/definitions/cart-price-rule/sale",
      headers: { authorization: "Bearer demo-admin-token", "if-match": `"${String(draft["etag"])}"` },
      payload: { name: "The sale", body: percent("20") },
    });
  });

  it("are started, show what they would give, say why of one cart, stop, go on and are deleted", async () => {
    const page = await its.open("/simulations");
    await openTab(page, "Live carts");
    await page.getByText("Nothing was tried on live carts yet").waitFor();
    await its.checkLayout(page);
    await page.getByRole("textbox", { name: "Name" }).fill("Twenty percent");
    await page.getByText("All drafts of cart price rules").click();
    await press(page, "Start");
    await its.titled(page, "Twenty percent");
    await page.getByText("No cart has come yet.").waitFor();
    await its.checkLayout(page);

    const { app, call } = its.admin;
    for (const [id, qty] of [
      ["k-1", 1],
      ["k-2", 2],
    ] as const)
      await call("POST", "/v1/offers/evaluate", cartOf(id, qty));
    await app.shadows.settled();
    await its.open(new URL(page.url()).pathname.replace("/admin", ""));
    await page.getByRole("heading", { name: "2 carts in USD" }).waitFor();
    await page.getByText("$60.00", { exact: true }).first().waitFor();
    await page.getByRole("table", { name: "By day" }).getByText("$30.00").waitFor();
    await its.checkLayout(page);

    await page.getByRole("textbox", { name: "Cart id" }).fill("k-2");
    await press(page, "Look");
    await page.getByRole("region", { name: "Why did one cart come out so?" }).getByText("Duffle bag").waitFor();
    await its.checkLayout(page);
    await choose(page, /Which carts/, "Carts that became orders");
    await page.getByText("0 of the carts became orders", { exact: false }).waitFor();
    expect(its.faults()).toEqual([]);

    await press(page, "Stop");
    await press(page, "Go on");
    await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
    await press(page, "Delete");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Nothing was tried on live carts yet").waitFor();
    expect(its.faults().filter((fault) => !fault.includes("404"))).toEqual([]);
  });

  it("tell what failed", async () => {
    const page = await its.open("/simulations/live/0198f000-0000-7000-8000-000000000000");
    await page.getByText("there is no shadow run", { exact: false }).waitFor();
    await its.checkLayout(page);
  });
});
