import { describe, expect, it } from "vitest";
import { chooseFile, openTab, press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });

describe("coupons", { timeout: 90_000 }, () => {
  const its = useAdmin(async ({ call }) => {
    const percent = { type: "percent", percent: "10" };
    const body = { priority: 5, coupon: { type: "pool", usesPerCoupon: 3 }, action: percent };
    await call("POST", "/v1/definitions/cart-price-rule", { key: "welcome", name: "Welcome", body });
    await call("POST", "/v1/definitions/cart-price-rule/welcome/publish", {});
    const plain = { priority: 6, action: percent };
    await call("POST", "/v1/definitions/cart-price-rule", { key: "plain", name: "Without a code", body: plain });
  });

  it("makes a pool, generates codes in it, imports others, finds, deletes and counts them", async () => {
    const page = await its.open("/coupons");
    await page.getByText("No coupon pools yet").waitFor();
    await page.getByRole("button", { name: "New pool" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Welcome 2026");
    await dialog.getByRole("button", { name: "Welcome" }).waitFor();
    await press(page, "Make the pool");
    await its.titled(page, "Welcome 2026");

    const form = page.getByRole("region", { name: "Generate codes" });
    const number = async (name: string, value: string) => {
      await form.getByRole("textbox", { name }).fill(value);
      await form.getByRole("textbox", { name }).blur();
    };
    await number("Random characters", "2");
    await number("How many", "50");
    await form.getByText("That is too easily guessed. At most one guess in 100 may hit.").waitFor();
    expect(await form.getByRole("button", { name: "Generate" }).isDisabled()).toBe(true);
    await number("Random characters", "8");
    await form.getByRole("textbox", { name: "Prefix" }).fill("hi-");
    await form.getByText(/They look like HI-.* One guess in 21,990,232,555 hits a code\./).waitFor();
    await form.getByRole("button", { name: "Generate" }).click();
    await page.getByRole("region", { name: "Generations" }).getByText("50 of 50").waitFor();
    await its.checkLayout(page);

    await openTab(page, "Import");
    await chooseFile(page, "codes.csv", "code,limit,expires\nSUMMER-1,5,2026-12-31\nSUMMER-2,,\nbad code,x,\n");
    await press(page, "Import");
    const result = page.getByRole("region", { name: "Result" });
    await result.getByText("Imported", { exact: true }).waitFor();
    await its.checkLayout(page);

    await openTab(page, "Codes");
    await page.getByRole("searchbox", { name: "Code begins with" }).fill("summer");
    await page.getByRole("row", { name: /SUMMER-1 0 5 2026-12-31/ }).waitFor();
    await page.getByRole("row", { name: /HI-/ }).first().waitFor({ state: "detached" });
    await its.checkLayout(page);
    await page.getByRole("checkbox", { name: "Select SUMMER-2" }).check({ force: true });
    await press(page, "Delete selected (1)");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("row", { name: /SUMMER-2/ }).waitFor({ state: "detached" });
    await page.getByText("51", { exact: true }).waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Export as CSV")]);
    expect(file.suggestedFilename()).toBe("coupons.csv");
    expect(its.faults()).toEqual([]);
  });

  it("reports uses and sales by rule and code", async () => {
    const use = { code: "summer-1", amount: usd(500) };
    const order = { orderId: "1001", uses: [use] };
    await its.admin.call("POST", "/v1/coupons/redeem", order);
    await its.admin.app.settle();
    const page = await its.open("/coupon-report?by=rule,code");
    await expect
      .poll(
        async () => {
          await page.reload();
          await page.locator("main h1").waitFor();
          return page
            .getByRole("row", { name: /welcome SUMMER-1 1 1 \$5\.00/ })
            .waitFor({ timeout: 2_000 })
            .then(
              () => true,
              () => false,
            );
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
