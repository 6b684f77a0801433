// Reminders that the catalog brings about: back in stock, a lower price, a product that may run out; noticed at the next run.
import { describe, expect, it } from "vitest";
import { aCartLine, aReminder, idOf, type World } from "../../testing/reminders/reminder-world.ts";
import { useReminders } from "../../testing/reminders/use-reminders.ts";
import type { ReminderTrigger } from "./reminder-body.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const reminders = useReminders();
const { clock, abandon } = reminders;
const usd = (minor: number) => ({ minor, currency: "USD" });

function open(trigger: ReminderTrigger, body: object = {}): World {
  return reminders.open([aReminder("a", { triggers: [trigger], quietPeriod: "0d", ...body })]);
}

/** A run and the sender; whom it brought a mail, and about which products. */
async function told(world: World): Promise<readonly string[]> {
  clock.advance(5 * minuteMs);
  await world.reminders.runNow();
  const sent = await world.sendAll();
  return sent.map(({ address, variables }) =>
    [address.split("@")[0], ...variables.products.map(({ sku }) => sku)].join(" "),
  );
}

const back: ReminderTrigger = { kind: "back_in_stock", within: "7d" };
const view = (world: World, name: string, sku: string) => world.happen(name, "productPageView", { sku });

describe("back in stock", () => {
  it("tells at the next run those who looked at the product while it was out of stock, and nobody else", async () => {
    const world = open(back);
    for (const name of ["before", "while", "after", "never"]) world.add(name);
    await view(world, "before", "mug");
    await view(world, "never", "tent");
    clock.advance(dayMs);
    world.change("mug", { inStock: false });
    clock.advance(dayMs);
    await view(world, "while", "mug");
    expect(await told(world)).toEqual([]);
    clock.advance(dayMs);
    world.change("mug", { inStock: true });
    clock.advance(minuteMs);
    await view(world, "after", "mug");
    expect(await told(world)).toEqual(["while mug"]);
    expect(await told(world)).toEqual([]);
  });

  it("tells those who had it on the wish list or in the cart, whenever they put it there before it came back", async () => {
    const world = open({ ...back, of: ["wishlist", "cart"] });
    for (const name of ["list", "cart", "off", "looked"]) world.add(name);
    const line = { items: [{ ...aCartLine, sku: "mug" }] };
    await world.happen("list", "addToWishlist", { sku: "mug" });
    await world.happen("off", "addToWishlist", { sku: "mug" });
    await world.happen("cart", "addToCart", line);
    world.change("mug", { inStock: false });
    clock.advance(dayMs);
    await view(world, "looked", "mug");
    await told(world);
    await world.happen("off", "removeFromWishlist", { sku: "mug" });
    world.change("mug", { inStock: true });
    expect([...(await told(world))].sort()).toEqual(["cart mug", "list mug"]);
  });

  it("tells nothing of a product that is sold out again, came back too long ago, or was bought elsewhere meanwhile", async () => {
    const world = open(back, { repeat: "1" });
    for (const name of ["ada", "bea"]) world.add(name);
    world.change("mug", { inStock: false });
    clock.advance(minuteMs);
    await view(world, "ada", "mug");
    await view(world, "bea", "mug");
    await told(world);
    world.change("mug", { inStock: true });
    clock.advance(minuteMs);
    world.change("mug", { inStock: false });
    expect(await told(world)).toEqual([]);
    world.change("mug", { inStock: true });
    clock.advance(minuteMs);
    await world.happen("bea", "orderPlaced", { orderId: "o", items: [aCartLine], orderTotal: usd(9_900) });
    expect(await told(world)).toEqual(["ada mug"]);
    world.change("mug", { inStock: false });
    clock.advance(dayMs);
    expect(await told(world), "the second mail waits for nothing any more").toEqual([]);
    world.change("mug", { inStock: true });
    clock.advance(8 * dayMs);
    expect(await told(world)).toEqual([]);
  });

  it("tells anew when it happens anew", async () => {
    const world = open(back);
    world.add("ada");
    const round = async () => {
      world.change("mug", { inStock: false });
      clock.advance(minuteMs);
      await view(world, "ada", "mug");
      await told(world);
      world.change("mug", { inStock: true });
      return told(world);
    };
    expect(await round()).toEqual(["ada mug"]);
    expect(await round()).toEqual(["ada mug"]);
  });

  it("says in the explanation what the rule is about", async () => {
    const world = open(back);
    const ada = world.add("ada");
    world.change("mug", { inStock: false });
    clock.advance(minuteMs);
    await view(world, "ada", "mug");
    await world.reminders.runNow();
    clock.advance(minuteMs);
    expect(await world.reminders.profile("a", ada)).toMatchObject({ holds: false, products: [] });
    world.change("mug", { inStock: true });
    clock.advance(minuteMs);
    expect(await world.reminders.profile("a", ada)).toMatchObject({
      ...{ holds: true, products: ["mug"], step: 0, channel: "email", explanation: { truth: true } },
    });
  });
});

describe("a lower price", () => {
  const drop: ReminderTrigger = { kind: "price_drop", percent: 10 };

  it("is noticed at the next run after the catalog changed, by those who have the product in the cart", async () => {
    const world = open(drop);
    for (const name of ["ada", "bea"]) world.add(name);
    await abandon(world, "ada");
    await world.happen("bea", "addToCart", { items: [{ ...aCartLine, sku: "mug" }] });
    expect(await told(world)).toEqual([]);
    world.change("tent", { finalPrice: usd(9_000) });
    expect(await told(world), "9 % is too little").toEqual([]);
    world.change("tent", { finalPrice: usd(8_900) });
    expect(await world.reminders.noticeProducts()).toBe(1);
    expect(await told(world)).toEqual(["ada tent"]);
  });

  it("that nobody told of is noticed by comparing everything within minutes", async () => {
    const world = open(drop);
    world.add("ada");
    await abandon(world, "ada");
    await told(world);
    // Another process, which never heard of the change: its catalog has the new price from the start.
    const other = open(drop);
    other.customers.set(idOf("ada"), world.customers.get(idOf("ada"))!);
    other.change("tent", { finalPrice: usd(100) });
    expect(await told(other)).toEqual(["ada tent"]);
  });

  it("of a parent is none of its dear variant", async () => {
    const world = open(drop);
    world.add("ada");
    world.change("tent-xl", { parentSku: "tent", finalPrice: usd(9_900) });
    world.change("tent", { finalPrice: usd(1_000) });
    await world.happen("ada", "addToCart", { items: [{ ...aCartLine, sku: "tent-xl", parentSku: "tent" }] });
    expect(await told(world)).toEqual([]);
    world.change("tent-xl", { finalPrice: usd(5_000) });
    expect(await told(world)).toEqual(["ada tent-xl"]);
  });
});

it("a product that may run out is told of although another one was bought since", async () => {
  const world = open({ kind: "replenishment", after: "30d", within: "60d" });
  world.add("ada");
  const order = (orderId: string, sku: string) => ({ orderId, items: [{ ...aCartLine, sku }], orderTotal: usd(9_900) });
  await world.happen("ada", "orderPlaced", order("1", "mug"));
  clock.advance(10 * dayMs);
  await world.happen("ada", "orderPlaced", order("2", "tent"));
  expect(await told(world)).toEqual([]);
  clock.advance(21 * dayMs);
  expect(await told(world)).toEqual(["ada mug"]);
});

it("a condition on the coupon of the cart selects by its codes", async () => {
  const where = { attribute: { path: "cart.coupon", op: "contains", value: "SPRING" } };
  const world = open({ kind: "cart", after: "1d", where });
  for (const name of ["coded", "plain"]) world.add(name);
  await world.happen("coded", "shoppingCartView", { items: [aCartLine], couponCodes: ["spring"] });
  await world.happen("plain", "shoppingCartView", { items: [aCartLine], couponCodes: ["other"] });
  clock.advance(2 * dayMs);
  expect(await told(world)).toEqual(["coded"]);
});
