import { describe, expect, it } from "vitest";
import { aCartLine, aReminder, type World } from "../../testing/reminders/reminder-world.ts";
import { stepsOf, useReminders } from "../../testing/reminders/use-reminders.ts";
import type { CouponPort } from "./ports.ts";
import { defaultSettings } from "./settings.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const { start, clock, open, abandon } = useReminders();
const items = { items: [aCartLine] };
const pool = { name: "Ten off", coupon: { type: "pool" }, usesPerCoupon: 1, usesPerCustomer: 2 } as const;

const skips = (world: World) =>
  world.rows<{ step: number; reason: string }>(
    "select m.step, m.reason from reminder_mails m where m.state = 'skipped' order by m.step, m.reason",
  );
const ends = async (world: World) =>
  (
    await world.rows<{ ended_reason: string }>("select s.ended_reason from reminder_sequences s order by s.sequence")
  ).map((row) => row.ended_reason);

describe("an abandoned cart", () => {
  it("brings a mail at the first match, and 7 and 14 days after it", async () => {
    const world = open([aReminder("a", { repeat: "7,14" })]);
    world.add("ada");
    await abandon(world, "ada");
    const sent: [number, number][] = [];
    for (let hour = 0; hour < 24 * 20; hour += 6) {
      clock.set(start + hour * hourMs);
      await world.reminders.runNow();
      for (const mail of await world.sendAll()) sent.push([mail.step, hour]);
    }
    // The cart is abandoned for more than a day with the run after 24 hours.
    expect(sent).toEqual([
      [0, 30],
      [1, 30 + 7 * 24],
      [2, 30 + 14 * 24],
    ]);
    expect(await ends(world)).toEqual(["completed"]);
  });

  it.each([
    ["bought", "orderPlaced", { orderId: "o-1", items: [aCartLine], orderTotal: { minor: 9900, currency: "USD" } }],
    ["emptied", "removeFromCart", items],
    ["restored", "addToCart", items],
  ] as const)(
    "that is %s ends the sequence, and a mail that was due already is not sent",
    async (reason, type, properties) => {
      const world = open([aReminder("a", { repeat: "7" })]);
      world.add("ada");
      await abandon(world, "ada");
      clock.advance(2 * dayMs);
      await world.reminders.runNow();
      await world.happen("ada", type, properties);
      expect(await world.sendAll()).toEqual([]);
      expect(await skips(world)).toEqual([{ step: 0, reason }]);
      expect(await ends(world)).toEqual([reason]);
      clock.advance(hourMs);
      await world.reminders.runNow();
      clock.advance(7 * dayMs);
      // Restored, it is an occasion of its own after the quiet period.
      await world.reminders.runNow();
      expect(stepsOf(await world.sendAll())).toEqual(reason === "restored" ? [0] : []);
    },
  );

  it("brings one mail for a customer, rule and step, however many triggers hold", async () => {
    const triggers = [
      { kind: "cart", after: "1d" },
      { kind: "wishlist", after: "1d" },
    ] as const;
    const world = open([aReminder("a", { join: "any", triggers: [...triggers] })]);
    world.add("ada");
    await abandon(world, "ada");
    await world.happen("ada", "addToWishlist", items);
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    expect(stepsOf(await world.sendAll())).toEqual([0]);
  });

  it("fires once only without repeatable, and after the quiet period with it", async () => {
    const world = open([
      aReminder("once", { repeatable: false }),
      aReminder("again", { quietPeriod: "10d" }),
      aReminder("soon", { quietPeriod: "1d" }),
    ]);
    world.add("ada");
    const sent: string[] = [];
    for (let day = 0; day < 30; day += 1) {
      clock.set(start + day * dayMs);
      if (day === 0 || day === 6) await abandon(world, "ada");
      clock.advance(hourMs);
      await world.reminders.runNow();
      sent.push(...(await world.sendAll()).map(({ rule }) => `${rule.key} ${day}`).sort());
    }
    expect(sent).toEqual(["again 1", "once 1", "soon 1", "soon 7", "again 11"]);
  });

  it("sends only the newest of several steps whose time passed while nothing ran", async () => {
    const world = open([aReminder("a", { repeat: "2,4,30" })]);
    world.add("ada");
    await abandon(world, "ada");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    expect(stepsOf(await world.sendAll())).toEqual([0]);
    clock.advance(10 * dayMs);
    await world.reminders.runNow();
    expect(stepsOf(await world.sendAll())).toEqual([2]);
    expect(await skips(world)).toEqual([{ step: 1, reason: "too_late" }]);
  });
});

describe("no mail", () => {
  it("goes to whom it may not go, and the reason is written down", async () => {
    const world = open([aReminder("a", { byStoreView: { fr: { template: null } } })]);
    world.add("asked");
    world.add("silent", { consent: false });
    world.add("nowhere", { email: false });
    world.add("erased");
    world.suppressed.add("erased@example.com");
    world.add("left");
    for (const name of ["asked", "silent", "nowhere", "erased", "left"]) await abandon(world, name);
    await world.happen("left", "consentUpdated", { channels: { email: false } });
    world.add("french");
    await world.happen("french", "addToCart", items, { storeView: "fr" });
    clock.advance(2 * dayMs);
    const { counts } = await world.reminders.runNow();
    expect((await world.sendAll()).map(({ address }) => address)).toEqual(["asked@example.com"]);
    expect(counts).toMatchObject({
      due: 1,
      "skipped:no_consent": 1,
      "skipped:no_address": 1,
      "skipped:suppressed": 1,
      "skipped:unsubscribed": 1,
      "skipped:no_template": 1,
    });
  });

  it("goes out after a withdrawal between the run and the sender", async () => {
    const world = open([aReminder("a")]);
    world.add("ada");
    await abandon(world, "ada");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    await world.happen("ada", "consentUpdated", { channels: { email: false } });
    expect(await world.sendAll()).toEqual([]);
    expect(await skips(world)).toEqual([{ step: 0, reason: "unsubscribed" }]);
  });

  it("goes to guests unless the rule says so, nor to other store views", async () => {
    const world = open([
      aReminder("members"),
      aReminder("all", { guests: true }),
      aReminder("fr", { guests: true }, { scope: { storeViews: ["fr"] } }),
    ]);
    world.add("guest", { guest: true });
    await abandon(world, "guest");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    expect((await world.sendAll()).map(({ rule }) => rule.key)).toEqual(["all"]);
  });

  it("goes beyond the cap over all rules, nor to the control group", async () => {
    const world = open([aReminder("a"), aReminder("b"), aReminder("c", { controlShare: 0.5 })]);
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    for (const name of names) {
      world.add(name);
      await abandon(world, name);
    }
    await world.changeSettings({ ...defaultSettings, cap: { mails: 1, days: 7 } });
    clock.advance(2 * dayMs);
    const { counts } = await world.reminders.runNow();
    const held = counts["skipped:holdout"] ?? 0;
    expect(held).toBeGreaterThan(8);
    expect(held).toBeLessThan(32);
    expect(counts).toMatchObject({ due: 40, "skipped:capped": 80 - held });
    expect((await world.sendAll()).length).toBe(40);
    expect(await world.reminders.report("c", start, start + 9 * dayMs)).toMatchObject({
      reminded: { begun: 40 - held, bought: 0, ratio: 0 },
      control: { begun: held },
      lift: 0,
    });
  });

  it("goes to an address that failed too often, until one arrives", async () => {
    const world = open([aReminder("a", { repeat: "1,2,3" })]);
    world.add("ada");
    await abandon(world, "ada");
    await world.changeSettings({ ...defaultSettings, failureThreshold: 2 });
    clock.advance(2 * dayMs);
    for (let day = 0; day < 4; day += 1) {
      await world.reminders.runNow();
      for (const mail of await world.reminders.due(10))
        expect(await world.reminders.settle(mail, { status: "failed", isPermanent: true, reason: "550" })).toBe(true);
      clock.advance(dayMs);
    }
    expect(await skips(world)).toEqual([
      { step: 2, reason: "address_failing" },
      { step: 3, reason: "address_failing" },
    ]);
  });
});

describe("codes", () => {
  it("are made once for a customer and sequence, and told again in later steps", async () => {
    const issued: string[] = [];
    const coupons: CouponPort = {
      issueCode: async (rule, _profile, key, expires) => {
        issued.push(key);
        return { code: `${rule}-${issued.length}`, expires };
      },
    };
    const promotion = { cartPriceRule: "ten", codeLasts: "10d" };
    const world = open([aReminder("a", { repeat: "7", promotion, title: "Ten off for you" })], {
      coupons,
      promotions: { ten: pool },
    });
    world.add("ada");
    await abandon(world, "ada");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    const [first] = await world.reminders.due(10);
    expect(first).toMatchObject({
      code: "ten-1",
      variables: {
        promotion_name: "Ten off for you",
        coupon_code: "ten-1",
        coupon_expires: "2026-03-14",
        usage_limit: 1,
        per_customer_limit: 2,
        cart_items: [{ sku: "tent", qty: 1 }],
      },
    });
    // The sender dies; the next one gets the same mail with the same code.
    clock.advance(hourMs);
    const [second] = await world.reminders.due(10);
    expect(second).toMatchObject({ id: first?.id, code: "ten-1" });
    expect(await world.reminders.settle(first!, { status: "sent" })).toBe(false);
    expect(await world.reminders.settle(second!, { status: "sent" })).toBe(true);
    expect(await world.reminders.settle(second!, { status: "sent" })).toBe(false);
    clock.advance(7 * dayMs);
    await world.reminders.runNow();
    expect((await world.sendAll()).map(({ code }) => code)).toEqual(["ten-1"]);
    expect(issued.length).toBe(1);
  });

  it("that cannot be had stop the mail", async () => {
    const coupons: CouponPort = { issueCode: async () => undefined };
    const world = open([aReminder("a", { promotion: { cartPriceRule: "ten" } })], {
      coupons,
      promotions: { ten: pool },
    });
    world.add("ada");
    await abandon(world, "ada");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    expect(await world.sendAll()).toEqual([]);
    expect(await skips(world)).toEqual([{ step: 0, reason: "offer_unavailable" }]);
  });

  it("that fail for a while are asked for again later", async () => {
    let isDown = true;
    const coupons: CouponPort = {
      issueCode: async () => {
        if (isDown) throw new Error("down");
        return { code: "C", expires: null };
      },
    };
    const world = open([aReminder("a", { promotion: { cartPriceRule: "ten" } })], {
      coupons,
      promotions: { ten: pool },
    });
    world.add("ada");
    await abandon(world, "ada");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    expect(await world.sendAll()).toEqual([]);
    isDown = false;
    expect(await world.sendAll()).toEqual([]);
    clock.advance(60_000);
    expect((await world.sendAll()).map(({ code }) => code)).toEqual(["C"]);
  });
});
