import { describe, expect, it } from "vitest";
import { newId } from "../../../../src/kernel/index.ts";
import { choose, tick } from "../../testing/choose.ts";
import { press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const percent = (percents: string) => ({ priority: 1, action: { type: "percent", percent: percents } });
/** Noon of a day of the month before this one, UTC as the shop has it. */
const lastMonth = (day: number): Date => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, day, 12));
};
const dayText = (at: Date) => at.toISOString().slice(0, 10);
const order = (id: string, at: Date) => ({
  ...{ type: "orderPlaced", messageId: id, customerId: `c-${id}`, timestamp: at.toISOString() },
  properties: {
    ...{ orderId: id, orderTotal: usd(10_000) },
    items: [{ sku: "duffle", qty: 1, unitPrice: usd(10_000), lineTotal: usd(10_000) }],
  },
});

describe("simulations of price rules", { timeout: 150_000 }, () => {
  const its = useAdmin(async () => undefined);

  it("say what is missing while there is no rule", async () => {
    const page = await its.open("/simulations");
    await page.getByText("There are no cart price rules yet", { exact: false }).waitFor();
    await page.getByRole("heading", { name: "No simulations yet" }).waitFor();
    expect(await page.getByRole("button", { name: "Start", exact: true }).isDisabled()).toBe(true);
    await its.checkLayout(page);
    await page.getByRole("link", { name: "New price rule" }).click();
    await its.titled(page, "New price rule");
    expect(its.faults()).toEqual([]);
  });

  it("replay the last full month by keyboard alone, tell what was asked and what it would have cost", async () => {
    const { app, call } = its.admin;
    await call("PUT", "/v1/catalog/products", [{ sku: "duffle", name: "Duffle bag", price: "100", currency: "USD" }]);
    await call("POST", "/v1/definitions/cart-price-rule", { key: "sale", name: "The sale", body: percent("10") });
    await call("POST", "/v1/definitions/cart-price-rule/sale/publish", {});
    await call("POST", "/v1/definitions/cart-price-rule", { key: "more", name: "More off", body: percent("5") });
    const events = [order("o-1", lastMonth(1)), order("o-2", lastMonth(28)), order("o-3", new Date())];
    await call("POST", "/v1/events", { events });
    await app.settle();

    const page = await its.open("/simulations");
    const drafts = page.getByRole("button", { name: /Rules to try$/ });
    await drafts.getByText("Choose rules").waitFor();
    await page.getByText("Choose a rule, or all drafts.").waitFor();
    expect(await page.getByLabel("From", { exact: true }).inputValue()).toBe(dayText(lastMonth(1)));
    await its.checkLayout(page);
    await drafts.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: /More off/ }).waitFor();
    // What is live without a draft is nothing to try.
    expect(await page.getByRole("option").count()).toBe(1);
    await page.keyboard.press("Space");
    await page.keyboard.press("Escape");
    await page.getByRole("option").first().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Start", exact: true }).focus();
    await page.keyboard.press("Enter");
    await its.titled(page, "Simulation");
    await page.getByRole("heading", { name: "2 orders in USD" }).waitFor({ timeout: 60_000 });
    await page.getByText("more", { exact: true }).waitFor();
    await page.getByText("$20.00", { exact: true }).first().waitFor();
    await page.getByText("$29.00", { exact: true }).first().waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("take days of one's own, refuse those that cannot be, and replay carts", async () => {
    const page = await its.open("/simulations");
    await tick(page, page.getByRole("button", { name: /Live rules to leave out$/ }), /The sale/);
    const [from, to] = [page.getByLabel("From", { exact: true }), page.getByLabel("To", { exact: true })];
    const start = page.getByRole("button", { name: "Start", exact: true });
    await to.fill("2001-01-01");
    await page.getByText("The last day lies before the first.").waitFor();
    expect(await start.isDisabled()).toBe(true);
    await its.checkLayout(page);
    await from.fill("2999-01-01");
    await page.getByText("This day is still to come.").waitFor();
    await choose(page, /Period$/, "Last 7 days");
    await page.getByText("This day is still to come.").waitFor({ state: "detached" });
    await choose(page, /What is replayed$/, /^Carts/);
    await page.getByRole("textbox", { name: "Carts at most" }).waitFor();
    await start.click();
    await its.titled(page, "Simulation");
    await page.getByText("There were no carts in these days.").waitFor({ timeout: 60_000 });
    await page.getByText("without sale").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("show how far one is that runs, keep others from starting, and cancel it", async () => {
    const id = newId(Date.now());
    await its.admin.app.engines.postgres.query(
      `insert into offer_simulations (simulation_id, status, settings, done, total, created_at, created_by, told_at)
       values ($1::uuid, 'running', '{"drafts": true, "days": 7}', 300, 400, now(), 'somebody', now())`,
      [id],
    );
    const page = await its.open("/simulations");
    const running = page.getByRole("region", { name: "A simulation is running" });
    await running.getByRole("progressbar", { name: "Orders replayed" }).waitFor();
    await running.getByText("300 of 400").waitFor();
    await page.getByText("One simulation runs at a time", { exact: false }).waitFor();
    expect(await page.getByRole("button", { name: "Start", exact: true }).isDisabled()).toBe(true);
    await its.checkLayout(page);
    await running.getByRole("link", { name: "Open it" }).click();
    await its.titled(page, "Simulation");
    await page.getByRole("progressbar", { name: "Orders replayed" }).waitFor();
    await its.checkLayout(page);
    await press(page, "Cancel");
    await page.getByRole("heading", { name: "It was cancelled" }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("tell why one failed, and that there is none of an id", async () => {
    const id = newId(Date.now());
    await its.admin.app.engines.postgres.query(
      `insert into offer_simulations (simulation_id, status, settings, error, created_at, created_by, told_at, finished_at)
       values ($1::uuid, 'failed', '{"drafts": true}', 'the process ended', now(), 'somebody', now(), now())`,
      [id],
    );
    const page = await its.open(`/simulations/${id}`);
    await page.getByRole("heading", { name: "The simulation failed" }).waitFor();
    await page.getByText("the process ended. Nothing was changed", { exact: false }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
    const other = await its.open("/simulations/0198f000-0000-7000-8000-000000000000");
    await other.getByText("there is no simulation", { exact: false }).waitFor();
    await its.checkLayout(other);
  });
});
