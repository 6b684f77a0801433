import { describe, expect, it } from "vitest";
import { choose } from "../../testing/choose.ts";
import { press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const dayMs = 86_400_000;
const usd = (minor: number) => ({ minor, currency: "USD" });

describe("reminder rules and their settings", { timeout: 150_000 }, () => {
  const its = useAdmin(async ({ app, call }) => {
    // No run of its own comes before what the pages show.
    const { settings, etag } = await call("GET", "/v1/reminders/settings");
    await app.server.inject({
      method: "PUT",
      url: "/v1/reminders/settings",
      headers: { authorization: "Bearer demo-admin-token", "if-match": String(etag) },
      payload: { ...(settings as object), enabled: false },
    });
    await call("POST", "/v1/definitions/reminder-rule", {
      key: "cart",
      name: "Left carts",
      body: {
        ...{ join: "all", triggers: [{ kind: "cart", after: "1d" }], repeat: "7,14", template: "cart-mail" },
        channels: ["email", "sms"],
      },
    });
    await call("POST", "/v1/definitions/reminder-rule/cart/publish", {});
    const left = (customerId: string, consent: boolean) => ({
      ...{ type: "addToCart", customerId, email: `${customerId}@example.com`, messageId: `m-${customerId}` },
      timestamp: new Date(Date.now() - 2 * dayMs).toISOString(),
      properties: { items: [{ sku: "tent", qty: 1, lineTotal: usd(9_900) }] },
      ...(consent ? { context: { consent: { channels: { email: true } } } } : {}),
    });
    await call("POST", "/v1/events", { events: [left("ada", true), left("bea", false)] });
    await app.settle();
  });

  it("show the dates, who is due and why, and texts of store views", async () => {
    const page = await its.open("/reminder-rules/cart");
    await its.titled(page, "Left carts");
    const estimate = page.getByRole("region", { name: "Who is due now" });
    await estimate.getByText("1 of 2 customers").waitFor();
    await estimate.getByText("Did not agree: 1").waitFor();
    await estimate.getByText("E-mail, template cart-mail, store view default: 1").waitFor();
    await page.getByText(/^Message 3: /).waitFor();
    await page.getByText("Times of UTC").waitFor();
    await its.checkLayout(page);
    await estimate.getByRole("link", { name: "ada@example.com" }).waitFor();
    await estimate.getByText("Nothing: Did not agree").waitFor();
    await estimate.getByRole("button", { name: /^Why/ }).first().click();
    await page
      .getByRole("dialog")
      .getByText(/Open cart/)
      .first()
      .waitFor();
    await press(page, "Close");
    await page.getByRole("textbox", { name: "Description" }).fill("For carts that were left");
    await press(page, "Own texts for a store view");
    const view = page.getByRole("region", { name: /^Store view / });
    await view.getByRole("textbox", { name: "Sender" }).fill("sales");
    expect(await view.getByText("Template of push messages").count(), "the rule does not take this way").toBe(0);
    await choose(page, /^As above Template of e-mails/, "Nothing is sent");
    await estimate.getByText("0 of 2 customers").waitFor();
    await estimate.getByText("No template is selected: 2").waitFor();
    await choose(page, /^As above Template of text messages/, "Another");
    await page.getByText("The rule is not complete yet.").waitFor();
    const key = view.getByRole("textbox", { name: "Template of text messages: key" });
    await key.fill("cart-sms-default");
    await its.checkLayout(page);
    await press(page, "Save draft");
    await page
      .getByText(/Draft saved|Saved/)
      .first()
      .waitFor();
    const stored = await its.admin.call("GET", "/v1/definitions/reminder-rule/cart");
    expect(stored["body"]).toMatchObject({
      description: "For carts that were left",
      byStoreView: { default: { sender: "sales", template: null, templates: { sms: "cart-sms-default" } } },
    });
    await page.getByRole("button", { name: "Save draft", disabled: true }).waitFor();
    // As all others again: nothing is left of it.
    await choose(page, /^Another Template of text messages/, "As above");
    await choose(page, /^Nothing is sent Template of e-mails/, "As above");
    await press(page, "Save draft");
    const storedTexts = async () => {
      const { body } = await its.admin.call("GET", "/v1/definitions/reminder-rule/cart");
      return (body as { byStoreView: unknown }).byStoreView;
    };
    await expect.poll(storedTexts).toEqual({ default: { sender: "sales" } });
    expect(its.faults()).toEqual([]);
  });

  it("tell in a list who is due, and with which text", async () => {
    const page = await its.open("/reminder-rules/cart?tab=due");
    const row = page.getByRole("table", { name: "Due now" }).getByRole("row").filter({ hasText: "cart-mail" });
    await row.first().waitFor();
    expect(await row.first().innerText()).toContain("E-mail");
    await its.checkLayout(page);
  });

  it("take times as a number with a unit, and store them as others read them", async () => {
    await its.admin.call("POST", "/v1/definitions/cart-price-rule", {
      ...{ key: "welcome", name: "Welcome back" },
      body: { priority: 1, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } },
    });
    await its.admin.call("POST", "/v1/definitions/cart-price-rule/welcome/publish", {});
    const page = await its.open("/reminder-rules/new");
    await page.getByRole("textbox", { name: "Name" }).fill("Looked around");
    await choose(page, /What happened/, "Products were looked at, none bought");
    const inGroup = (group: string) => page.getByRole("group", { name: group, exact: true });
    const amountOf = (group: string) => inGroup(group).getByRole("textbox", { name: group, exact: true });
    const unitOf = async (group: string, unit: string) => {
      const field = inGroup(group).getByRole("button", { name: /Unit$/ });
      // By its first letter, without opening the list.
      await field.focus();
      await page.keyboard.press(unit.slice(0, 1));
      await field.getByText(unit, { exact: true }).waitFor();
    };
    expect(await amountOf("Nothing looked at for").inputValue()).toBe("1");
    await amountOf("Nothing looked at for").fill("90");
    await unitOf("Nothing looked at for", "minutes");
    await unitOf("At most this long ago", "minutes");
    await press(page, "Save draft");
    await inGroup("At most this long ago").getByText("must be longer than after", { exact: false }).waitFor();
    await its.checkLayout(page);
    await unitOf("At most this long ago", "weeks");
    await amountOf("At most this long ago").fill("");
    await amountOf("Not again for").fill("36");
    await unitOf("Not again for", "hours");
    await choose(page, /Cart price rule of the code/, /Welcome back/);
    await page.getByText("The code ends before its rule does").click();
    await amountOf("It lasts, from the first message").fill("3");
    await its.checkLayout(page);
    await page.getByRole("textbox", { name: "Template of e-mails" }).fill("looked-mail");
    await press(page, "Save draft");
    await its.titled(page, "Looked around");
    const { body } = await its.admin.call("GET", "/v1/definitions/reminder-rule/looked-around");
    expect(body).toMatchObject({
      triggers: [{ kind: "browse", after: "90m", within: "7w" }],
      quietPeriod: "36h",
      promotion: { cartPriceRule: "welcome", codeLasts: "3d" },
    });
    expect(its.faults().filter((text) => !text.includes("422"))).toEqual([]);
  });

  it("have a form for products that are back in stock", async () => {
    const page = await its.open("/reminder-rules/new");
    await choose(page, /What happened/, "A product is back in stock");
    await page.getByText("Where the customer met it while it was out of stock").waitFor();
    await page.getByText("In the cart", { exact: true }).click();
    await page.getByRole("region", { name: "Who is due now" }).getByText("0 of 2 customers").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("are run as the settings say, which the page changes", async () => {
    const page = await its.open("/reminder-settings");
    await its.titled(page, "Reminder settings");
    await page.getByText("Time zone of the shop").waitFor();
    await page.getByText("Switched off").waitFor();
    await its.checkLayout(page);
    await choose(page, /How often/, "Once a day");
    await page.getByLabel("Time", { exact: true }).fill("09:30");
    await page.getByText("A cap for all rules together").click();
    await page.getByRole("textbox", { name: "Sender" }).fill("shop");
    await its.checkLayout(page);
    await press(page, "Save settings");
    await page.getByText("Saved").first().waitFor();
    const { settings } = await its.admin.call("GET", "/v1/reminders/settings");
    expect(settings).toMatchObject({
      frequency: { dailyAt: "09:30" },
      cap: { mails: 3, days: 7 },
      sender: "shop",
    });
    await press(page, "Run now");
    const counts = page.getByRole("table", { name: "Runs" }).getByText(/not sent \(Did not agree\) 1/);
    await counts.waitFor();
    // Without the toasts: Spectrum's own button that unfolds several of them has too little contrast.
    await page.reload();
    await counts.waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
