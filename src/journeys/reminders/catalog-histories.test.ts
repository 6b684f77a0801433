// Random histories of stock, prices, views, wish lists, carts and orders against a naive reading of "back in stock" and "price drop": the
// whole of reminders on a real database on one side, a loop over the history of one customer on the other.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { aCartLine, aReminder, createWorld } from "../../testing/reminders/reminder-world.ts";
import { defaultSettings } from "./settings.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.parse("2026-03-01T01:30:00Z");
const usd = (minor: number) => ({ minor, currency: "USD" });
const prices = [9_900, 9_000, 8_900, 5_000] as const;
const withinMs = 3 * dayMs;
const people = 3;

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["journeys"]);
}, 60_000);
afterAll(() => engines.close());

type Act = "view" | "list" | "unlist" | "cart" | "empty" | "buy";
type Moment = {
  readonly afterHours: number;
  /** What the catalog says of the mug and of the tent. */
  readonly mug: "in" | "out" | null;
  readonly tent: number | null;
  readonly acts: readonly (Act | null)[];
  readonly run: boolean;
};

/** When somebody is reminded of the mug (met by a view or a list while it was out) and of the tent (in the cart at 99.00). */
function naive(history: readonly Moment[], who: number): { readonly back: number[]; readonly drop: number[] } {
  let at = start;
  let stock: { out: number | null; back: number | null } = { out: null, back: null };
  let price: number = prices[0];
  let viewed: number | null = null;
  let listed: number | null = null;
  let cart: number | null = null;
  let ordered = Number.NEGATIVE_INFINITY;
  const [back, drop]: [number[], number[]] = [[], []];
  // Of the last reminder: the return that it told of; whether its occasion has gone since.
  let told: { of: number; gone: boolean } | undefined;
  let dropped: { of: number; gone: boolean } | undefined;
  for (const { afterHours, mug, tent, acts, run } of history) {
    at += afterHours * hourMs;
    if (mug === "out" && (stock.out === null || stock.back !== null)) {
      const isFlicker = stock.back !== null && at - stock.back < hourMs;
      stock = { out: isFlicker ? stock.out : at, back: null };
    } else if (mug === "in" && stock.out !== null && stock.back === null) stock = { ...stock, back: at };
    if (tent !== null) price = tent;
    const act = acts[who];
    if (act === "view") viewed = at;
    else if (act === "list") listed = at;
    else if (act === "unlist") listed = null;
    else if (act === "cart") cart = at;
    else if (act === "empty") cart = null;
    else if (act === "buy") {
      cart = null;
      ordered = at;
    }
    if (!run) continue;
    const { out, back: since } = stock;
    const met =
      since !== null &&
      ((viewed !== null && out !== null && viewed >= out && viewed < since) || (listed !== null && listed < since));
    const isBack = met && at - since <= withinMs && ordered < since;
    if (told && (!isBack || told.of !== since)) told.gone = true;
    if (isBack && (told === undefined || told.gone)) {
      back.push(at);
      told = { of: since, gone: false };
    }
    const isCheap = cart !== null && ordered < cart && price * 10 <= 9_900 * 9;
    if (dropped && (!isCheap || dropped.of !== cart)) dropped.gone = true;
    if (cart !== null && isCheap && (dropped === undefined || dropped.gone)) {
      drop.push(at);
      dropped = { of: cart, gone: false };
    }
  }
  return { back, drop };
}

async function played(history: readonly Moment[]) {
  for (const table of ["state", "watch", "queue", "interests", "sweeps", "sequences", "mails", "addresses", "runs"])
    await engines.postgres.query(`delete from reminder_${table}`);
  const clock = createFixedClock(start);
  const world = createWorld({
    postgres: engines.postgres,
    clock,
    rules: [
      aReminder("back", {
        triggers: [{ kind: "back_in_stock", within: "3d", of: ["viewed", "wishlist"] }],
        quietPeriod: "0d",
      }),
      aReminder("drop", { triggers: [{ kind: "price_drop", percent: 10 }], quietPeriod: "0d" }),
    ],
  });
  await world.changeSettings({ ...defaultSettings, failureThreshold: 0 });
  const names = Array.from({ length: people }, (_, who) => `c${who}`);
  for (const name of names) world.add(name);
  const sent = new Map<string, number[]>();
  for (const { afterHours, mug, tent, acts, run } of history) {
    clock.advance(afterHours * hourMs);
    if (mug !== null) world.change("mug", { inStock: mug === "in" });
    if (tent !== null) world.change("tent", { finalPrice: usd(tent) });
    for (const [who, act] of acts.entries()) {
      const name = names[who] ?? "";
      const items = [aCartLine];
      if (act === "view") await world.happen(name, "productPageView", { sku: "mug" });
      else if (act === "list") await world.happen(name, "addToWishlist", { sku: "mug" });
      else if (act === "unlist") await world.happen(name, "removeFromWishlist", { sku: "mug" });
      else if (act === "cart") await world.happen(name, "addToCart", { items });
      else if (act === "empty") await world.happen(name, "removeFromCart", { items: [{ ...aCartLine, qty: 1_000 }] });
      else if (act === "buy")
        await world.happen(name, "orderPlaced", { orderId: `${name}-${clock.now()}`, items, orderTotal: usd(9_900) });
    }
    if (!run) continue;
    await world.reminders.runNow();
    for (const { rule, profileId, variables } of await world.sendAll()) {
      const who = names.findIndex((name) => world.idOf(name) === profileId);
      sent.set(`${rule.key} ${who}`, [...(sent.get(`${rule.key} ${who}`) ?? []), clock.now()]);
      expect(variables.products.map(({ sku }) => sku)).toEqual([rule.key === "back" ? "mug" : "tent"]);
    }
  }
  return sent;
}

const act = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.constantFrom<Act>("view", "cart") },
  { weight: 1, arbitrary: fc.constantFrom<Act>("list", "unlist", "empty", "buy") },
);
const moment: fc.Arbitrary<Moment> = fc.record({
  afterHours: fc.oneof(fc.constant(0.25), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 20, max: 100 })),
  mug: fc.oneof(fc.constant(null), fc.constantFrom<"in" | "out">("in", "out")),
  tent: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...prices) }),
  acts: fc.array(act, { minLength: people, maxLength: people }),
  run: fc.boolean(),
});

const at = (afterHours: number, mug: Moment["mug"], first: Act | null, run: boolean): Moment => {
  return { afterHours, mug, tent: null, acts: [first, null, null], run };
};
/** Told of a return, which then proves to be none; so the next one is told of too, to somebody who only looked. */
const shortReturn = [at(5, "out", "view", false), at(9, "in", null, true), at(0.25, "out", null, false)];

it("tells of returns and lower prices as they read, at the first run after them, each once", async () => {
  let mails = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 12, maxLength: 30 }), async (history) => {
      const sent = await played(history);
      for (let who = 0; who < people; who += 1) {
        const expected = naive(history, who);
        const [back, drop] = [sent.get(`back ${who}`) ?? [], sent.get(`drop ${who}`) ?? []];
        mails += back.length + drop.length;
        expect(back, `back ${who}`).toEqual(expected.back);
        expect(drop, `drop ${who}`).toEqual(expected.drop);
      }
    }),
    {
      numRuns: process.env["CLIENTELE_TEST_LONG"] ? 300 : 15,
      endOnFailure: true,
      examples: [
        [[...shortReturn, at(0.25, "out", null, true), at(9, "in", null, true)]],
        [[...shortReturn, at(9, "in", null, true)]],
      ],
    },
  );
  // The histories are such that something happens.
  expect(mails).toBeGreaterThan(15);
}, 120_000);
