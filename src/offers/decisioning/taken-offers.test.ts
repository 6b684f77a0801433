// What offers give out: pieces of a stock, personal codes, and rules whose budget ends.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { browser, decisionCalls, server, unique } from "../../testing/decision-calls.ts";
import { display, ids, offerCalls, removedBy, strategy } from "../../testing/offer-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const minuteMs = 60_000;
const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());
const { visitor } = decisionCalls(() => app);
const { ask, askOne, place, offer, collection, policy } = offerCalls(() => app);

/** An offer with such caps, and one behind it. */
async function stocked(cap: object, more: object = {}) {
  const at = await place();
  const scarce = await offer(at, { priority: 50, caps: [{ per: "total", hard: true, ...cap }], ...more });
  const plain = await offer(at);
  await policy(at, [strategy("all", await collection(scarce, plain))]);
  await app.offerDecisions.refreshCounts();
  return { at, scarce, plain };
}
const takenOf = async (offerKey: string): Promise<number> => {
  const { body } = await app.call("GET", `/v1/definitions/offer/${offerKey}`);
  const { rows } = await app.engines.postgres.query<{ n: number }>(
    "select coalesce(sum(s.taken), 0)::int as n from offer_stock s where s.offer_id = $1::uuid",
    [body["id"]],
  );
  return rows[0]?.n ?? 0;
};
const shownTo = async (at: string, count: number) =>
  (await Promise.all(Array.from({ length: count }, () => askOne(at, unique("guest"))))).map((answer) => ids(answer)[0]);

describe("a hard limit", () => {
  it("is never passed by 64 decisions at once, whatever is counted", async () => {
    for (const counted of ["impression", "decision"]) {
      const { at, scarce, plain } = await stocked({ counted, limit: 10 });
      const shown = await shownTo(at, 64);
      expect(shown.filter((key) => key === scarce)).toHaveLength(10);
      expect(shown.filter((key) => key === plain)).toHaveLength(54);
      expect(await takenOf(scarce)).toBe(10);
    }
  });

  it("holds one piece for a visitor, however often they come, and frees it when its event does not", async () => {
    const { at, scarce, plain } = await stocked({ counted: "impression", limit: 1, holdMinutes: 10 });
    const again = await Promise.all(Array.from({ length: 8 }, () => askOne(at, "one-visitor")));
    expect(again.map((answer) => ids(answer)[0])).toEqual(Array.from({ length: 8 }, () => scarce));
    expect(await takenOf(scarce)).toBe(1);
    expect(ids(await askOne(at, "other"))).toEqual([plain]);
    // Who holds it finds it again, though nothing is left for others.
    expect(ids(await askOne(at, "one-visitor"))).toEqual([scarce]);
    clock.advance(11 * minuteMs);
    expect(ids(await askOne(at, "other"))).toEqual([plain]);
    await app.offerDecisions.refreshCounts();
    expect(await takenOf(scarce)).toBe(0);
    expect(ids(await askOne(at, "other"))).toEqual([scarce]);
  });

  it("counts a piece for good once the event of its decision comes, each event once", async () => {
    const { at, scarce, plain } = await stocked({ counted: "impression", limit: 1, holdMinutes: 10 });
    const answer = await askOne(at, "shopper");
    const event = { messageId: unique("m"), anonymousId: "shopper", ...display(answer.decisionId, scarce, at) };
    await app.send([event]);
    await app.send([event, { ...event, messageId: unique("m") }]);
    await app.settle();
    clock.advance(60 * minuteMs);
    await app.offerDecisions.refreshCounts();
    expect(await takenOf(scarce)).toBe(1);
    expect(ids(await askOne(at, "late"))).toEqual([plain]);
  });

  it("goes by the visitor where an event of the shop names no decision", async () => {
    const { at, scarce } = await stocked({ counted: "custom", event: "voucherPrinted", limit: 2, holdMinutes: 10 });
    const [buyer, looker] = [await visitor(), await visitor()];
    expect((await Promise.all([askOne(at, buyer), askOne(at, looker)])).map((answer) => ids(answer)[0])).toEqual([
      scarce,
      scarce,
    ]);
    await app.send([{ anonymousId: buyer, type: "voucherPrinted" }]);
    await app.settle();
    clock.advance(11 * minuteMs);
    await app.offerDecisions.refreshCounts();
    expect(await takenOf(scarce)).toBe(1);
  });

  it("takes an event after its time only while something is left", async () => {
    const { at, scarce } = await stocked({ counted: "impression", limit: 1, holdMinutes: 1 });
    const first = await askOne(at, "slow");
    clock.advance(2 * minuteMs);
    await app.offerDecisions.refreshCounts();
    const second = await askOne(at, "quick");
    expect([ids(first), ids(second)]).toEqual([[scarce], [scarce]]);
    const late = { anonymousId: "slow", ...display(first.decisionId, scarce, at) };
    await app.send([late, { anonymousId: "quick", ...display(second.decisionId, scarce, at) }]);
    await app.settle();
    expect(await takenOf(scarce)).toBe(1);
  });

  it("begins with what was counted before it was hard, and anew in each period", async () => {
    const period = { every: 1, unit: "day" };
    const { at, scarce, plain } = await stocked({ counted: "decision", limit: 2, hard: false, period });
    expect(await shownTo(at, 1)).toEqual([scarce]);
    await app.offerDecisions.refreshCounts();
    const read = await app.call("GET", `/v1/definitions/offer/${scarce}`);
    const body = read.body["body"] as { caps: object[] };
    const caps = body.caps.map((cap) => ({ ...cap, hard: true }));
    const put = await app.call(
      "PUT",
      `/v1/definitions/offer/${scarce}`,
      { name: scarce, body: { ...body, caps } },
      { ...server, "if-match": String(read.headers["etag"]) },
    );
    const headers = { ...server, "if-match": String(put.headers["etag"]) };
    expect(await app.call("POST", `/v1/definitions/offer/${scarce}/publish`, {}, headers)).toMatchObject({
      status: 200,
    });
    await app.offerDecisions.refreshCounts();
    expect((await shownTo(at, 4)).filter((key) => key === scarce)).toHaveLength(1);
    clock.advance(24 * 60 * minuteMs);
    expect((await shownTo(at, 4)).sort()).toEqual([scarce, scarce, plain, plain].sort());
  });

  it("is told in the trace, and a preview takes nothing", async () => {
    const { at, scarce, plain } = await stocked({ counted: "impression", limit: 1 });
    const preview = await askOne(at, "looker", { explain: true }, server);
    expect(removedBy(preview)).toEqual({ [scarce]: "chosen", [plain]: "eligible" });
    expect(await takenOf(scarce)).toBe(0);
    await askOne(at, "taker");
    const explained = await askOne(at, "looker", { explain: true }, server);
    expect(removedBy(explained)).toEqual({ [scarce]: "cap", [plain]: "chosen" });
    expect(JSON.stringify(explained)).toContain("All 1 are given out or held (impression)");
  });
});

describe("a personal code", () => {
  async function pooled(personalCode: object = {}, rule = unique("vouchers")) {
    await app.publish("cart-price-rule", rule, {
      ...{ priority: 1, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } },
    });
    expect((await app.call("POST", "/v1/coupon-pools", { ruleKey: rule, name: "Codes" })).status).toBeLessThan(300);
    const at = await place();
    const coded = await offer(at, { priority: 50, cartRule: { key: rule, personalCode } });
    const plain = await offer(at);
    await policy(at, [strategy("all", await collection(coded, plain))]);
    return { at, coded, plain, rule };
  }
  const codeOf = (answer: Awaited<ReturnType<typeof askOne>>) =>
    (answer.value?.items[0] as { coupon?: { code: string; rule: string } } | undefined)?.coupon?.code;
  const issued = async () => {
    const { rows } = await app.engines.postgres.query<{ n: number }>("select count(*)::int as n from coupon_issues");
    return rows[0]?.n;
  };

  it("comes with the offer: one a person, the same for 32 decisions at once and later", async () => {
    const { at, coded, rule } = await pooled();
    const [one, two] = [await visitor(), await visitor()];
    const before = (await issued()) ?? 0;
    const answers = await Promise.all(Array.from({ length: 32 }, () => askOne(at, one)));
    expect(new Set(answers.map((answer) => ids(answer)[0]))).toEqual(new Set([coded]));
    const codes = new Set(answers.map(codeOf));
    expect(codes.size).toBe(1);
    const [code] = codes;
    expect(code).toMatch(/^[A-Z0-9-]{6,}$/);
    expect(answers[0]?.value?.items[0]).toMatchObject({ coupon: { code, rule } });
    const other = codeOf(await askOne(at, two));
    expect(other).toBeTruthy();
    expect(other).not.toBe(code);
    expect(await issued()).toBe(before + 2);
    const { body } = await app.call("POST", "/v1/coupons/redeem", { orderId: unique("o"), uses: [{ code }] });
    expect(JSON.stringify(body)).toContain(rule);
  });

  it("is one a person and rule, whatever the offer, also when two visitors turn out to be one", async () => {
    const { at, rule } = await pooled();
    const elsewhere = await place();
    const other = await offer(elsewhere, { cartRule: { key: rule, personalCode: {} } });
    await policy(elsewhere, [strategy("all", await collection(other))]);
    const [phone, laptop] = [await visitor(), await visitor()];
    const code = codeOf(await askOne(at, phone));
    expect(codeOf(await askOne(elsewhere, phone))).toBe(code);
    const customerId = unique("customer");
    for (const anonymousId of [laptop, phone]) {
      await app.sendFromServer([{ type: "signIn", anonymousId, customerId }]);
      await app.settle();
    }
    const [answer] = await ask({ identity: { customerId }, placements: [elsewhere] }, server);
    expect(codeOf(answer!)).toBe(code);
  });

  it("is nothing for nobody, unless the offer says so; then it follows the device to its person", async () => {
    const strict = await pooled();
    expect(ids(await askOne(strict.at))).toEqual([strict.plain]);
    expect(ids(await askOne(strict.at, unique("nobody")))).toEqual([strict.plain]);
    const open = await pooled({ guests: true });
    expect(ids(await askOne(open.at))).toEqual([open.plain]);
    const guest = unique("nobody");
    const code = codeOf(await askOne(open.at, guest));
    expect(code).toBeTruthy();
    expect(codeOf(await askOne(open.at, guest))).toBe(code);
    await app.send([{ type: "pageView", anonymousId: guest }]);
    await app.settle();
    expect(codeOf(await askOne(open.at, guest))).toBe(code);
  });

  it("is not made for previews, and not for who refused personalisation", async () => {
    const { at, coded, plain } = await pooled({ guests: true });
    const before = await issued();
    const who = await visitor();
    const preview = await askOne(at, who, { explain: true }, server);
    expect(ids(preview)).toEqual([coded]);
    expect(codeOf(preview)).toBeUndefined();
    const consent = { categoryPreferences: { personalisation: false } };
    await app.send([{ type: "pageView", anonymousId: who, context: { consent } }]);
    await app.settle();
    expect(ids(await askOne(at, who))).toEqual([plain]);
    expect(await issued()).toBe(before);
  });

  it("needs a rule with a pool, which is said when the offer is saved, and the offer is out when the pool is missing", async () => {
    const rule = unique("plain");
    await app.publish("cart-price-rule", rule, { priority: 1, action: { type: "percent", percent: "10" } });
    const at = await place();
    const body = {
      ...{ priority: 1, audiences: [], representations: [{ placement: at, html: "<p>x</p>" }] },
      cartRule: { key: rule, personalCode: {} },
    };
    const answer = await app.call("POST", "/v1/definitions/offer", { key: unique("offer"), name: "bad", body });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain("offers.noPool");
    const empty = unique("empty");
    await app.publish("cart-price-rule", empty, {
      ...{ priority: 1, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } },
    });
    const coded = await offer(at, { priority: 50, cartRule: { key: empty, personalCode: {} } });
    const plain = await offer(at);
    await policy(at, [strategy("all", await collection(coded, plain))]);
    expect(ids(await askOne(at, await visitor()))).toEqual([plain]);
  });

  it("ends its offer once an order has used it, and brings it back when the order is released", async () => {
    const { at, coded, plain } = await pooled();
    const [who, other] = [await visitor(), await visitor()];
    const code = codeOf(await askOne(at, who));
    const explain = () => askOne(at, who, { explain: true }, server);
    for (const step of ["redeem", "reserve"]) {
      const orderId = unique("order");
      expect(await app.call("POST", `/v1/coupons/${step}`, { orderId, uses: [{ code }] })).toMatchObject({
        status: 200,
      });
      expect(ids(await askOne(at, who))).toEqual([plain]);
      expect(removedBy(await explain())).toEqual({ [coded]: "code_used", [plain]: "chosen" });
      // Of somebody else it is not.
      expect(ids(await askOne(at, other))).toEqual([coded]);
      await app.call("POST", "/v1/coupons/release", { orderId });
      const back = await askOne(at, who);
      expect([ids(back), codeOf(back)]).toEqual([[coded], code]);
      expect(removedBy(await explain())).toEqual({ [coded]: "chosen", [plain]: "eligible" });
    }
    // A reservation whose time is over is given back by itself.
    await app.call("POST", "/v1/coupons/reserve", { orderId: unique("order"), uses: [{ code }] });
    expect(ids(await askOne(at, who))).toEqual([plain]);
    clock.advance(31 * minuteMs);
    await app.coupons.expireDue();
    await app.offerDecisions.refreshCounts();
    expect(ids(await askOne(at, who))).toEqual([coded]);
  });

  it("that another process counted as used is known within a look, also of a device and after a merger", async () => {
    const { at, coded, plain, rule } = await pooled({ guests: true });
    const guest = unique("nobody");
    const code = codeOf(await askOne(at, guest));
    await app.engines.postgres.query(
      "insert into coupon_counters (item, kind, rule_key, count) values ($1, 'code', $2, 1)",
      [code, rule],
    );
    expect(ids(await askOne(at, guest))).toEqual([coded]);
    await app.offerDecisions.refreshCounts();
    expect(ids(await askOne(at, guest))).toEqual([plain]);
    const customerId = unique("customer");
    await app.sendFromServer([{ type: "signIn", anonymousId: guest, customerId }]);
    await app.settle();
    await app.offerDecisions.refreshCounts();
    expect(ids(await askOne(at, guest))).toEqual([plain]);
  });

  it("is forgotten with its person", async () => {
    const { at } = await pooled();
    const who = await visitor();
    await askOne(at, who);
    const [found] = await ask({ identity: { anonymousId: who }, placements: [at] }, server);
    expect(codeOf(found!)).toBeTruthy();
    const { body } = await app.call("POST", "/v1/decide", { identity: { anonymousId: who }, placements: [at] }, server);
    const profileId = String(body["profileId"]);
    const rows = async () =>
      (await app.engines.postgres.query("select 1 from offer_codes c where c.holder = $1", [profileId])).rows.length;
    expect(await rows()).toBe(1);
    await app.engines.postgres.transaction((tx) => app.offerDecisions.erase(tx, [profileId], []));
    app.offerDecisions.forget([profileId], []);
    expect(await rows()).toBe(0);
  });
});

describe("an offer of a cart price rule", () => {
  async function linked(rule: object) {
    const key = unique("rule");
    await app.publish("cart-price-rule", key, { priority: 1, action: { type: "percent", percent: "10" }, ...rule });
    const at = await place();
    const about = await offer(at, { priority: 50, cartRule: { key } });
    const plain = await offer(at);
    await policy(at, [strategy("all", await collection(about, plain))]);
    return { at, about, plain, key };
  }
  const reserve = async (rule: string, minor: number) => {
    const orderId = unique("order");
    const uses = [{ ruleKey: rule, amount: { minor, currency: "USD" } }];
    expect(await app.call("POST", "/v1/coupons/reserve", { orderId, uses })).toMatchObject({ status: 200 });
    return orderId;
  };

  it("ends with the order that uses up the budget, and is back when it is released", async () => {
    for (const budget of [{ uses: 2 }, { spend: { minor: 2_000, currency: "USD" } }]) {
      const { at, about, plain, key } = await linked({ budget });
      await reserve(key, 1_000);
      expect(ids(await askOne(at))).toEqual([about]);
      const orderId = await reserve(key, 1_000);
      expect(ids(await askOne(at))).toEqual([plain]);
      const explained = await askOne(at, undefined, { explain: true }, server);
      expect(removedBy(explained)).toMatchObject({ [about]: "cart_rule" });
      await app.call("POST", "/v1/coupons/release", { orderId });
      expect(ids(await askOne(at))).toEqual([about]);
    }
  });

  it("hears of uses that another process counted within a look", async () => {
    const { at, about, plain, key } = await linked({ budget: { uses: 1 } });
    await app.engines.postgres.query(
      "insert into coupon_counters (item, kind, rule_key, count) values ($1, 'rule', $1, 1)",
      [key],
    );
    expect(ids(await askOne(at))).toEqual([about]);
    await app.offerDecisions.refreshCounts();
    expect(ids(await askOne(at))).toEqual([plain]);
  });

  it("ends with the last day of the rule", async () => {
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const { at, about, plain } = await linked({ to: today });
    expect(ids(await askOne(at))).toEqual([about]);
    clock.advance(24 * 60 * minuteMs);
    expect(ids(await askOne(at, undefined, {}, browser))).toEqual([plain]);
  });
});
