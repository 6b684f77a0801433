// Codes that were made for one person, through an export and an erasure of the whole program.
import { afterAll, beforeAll, expect, it } from "vitest";
import { server, unique } from "./testing/decision-calls.ts";
import { offerCalls } from "./testing/offer-calls.ts";
import { readZip } from "./testing/privacy/read-zip.ts";
import { startTestApp, type TestApp } from "./testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());
const { askOne, place, offer, policy } = offerCalls(() => app);

type CodeRow = {
  code: string;
  rule: string | null;
  by: string;
  givenAt: string | null;
  usedAt: string | null;
  orders: { orderId: string; status: string }[];
};

const rows = async (text: string, params: readonly unknown[] = []) =>
  (await app.engines.postgres.query<Record<string, unknown>>(text, params)).rows;
const uses = (code: string | undefined) => [{ code }];
const post = (path: string, body: object) => app.call("POST", `/v1/coupons/${path}`, body);

async function pooledRule(): Promise<string> {
  const rule = unique("vouchers");
  await app.publish("cart-price-rule", rule, {
    ...{ priority: 1, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } },
  });
  await app.call("POST", "/v1/coupon-pools", { ruleKey: rule, name: "Codes" });
  return rule;
}

/** A place with an offer that comes with a code of a rule. */
async function codedPlace(rule: string): Promise<string> {
  const at = await place();
  const coded = await offer(at, { cartRule: { key: rule, personalCode: { guests: true } } });
  await policy(at, [{ type: "offer", offer: coded }]);
  return at;
}
const codeAt = async (at: string, device: string): Promise<string | undefined> => {
  const answer = await askOne(at, device);
  return (answer.value?.items[0] as { coupon?: { code: string } } | undefined)?.coupon?.code;
};

async function exported(profileId: string): Promise<ReadonlyMap<string, string>> {
  const url = `/v1/profiles/${profileId}/export`;
  const answer = await app.server.inject({ method: "GET", url, headers: server });
  expect(answer.statusCode).toBe(200);
  return readZip(answer.rawPayload);
}
const linesOf = (files: ReadonlyMap<string, string>, name: string): readonly unknown[] =>
  (files.get(`${name}.ndjson`) ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

it("tells a person their codes of offers and reminders, and makes them worth nothing to anybody once the person is erased", async () => {
  const [byOffer, atOnce, byMail] = [await pooledRule(), await pooledRule(), await pooledRule()];
  const [at, elsewhere] = [await codedPlace(byOffer), await codedPlace(atOnce)];
  const [device, customerId] = [unique("device"), unique("customer")];
  // As a guest first: the code of a device becomes its person's.
  const used = await codeAt(at, device);
  const email = `${customerId}@example.com`;
  const timestamp = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const items = [{ sku: "tent", qty: 1, lineTotal: { minor: 9900, currency: "USD" } }];
  const context = { consent: { channels: { email: true } } };
  await app.sendFromServer([
    { type: "addToCart", timestamp, anonymousId: device, customerId, email, properties: { items }, context },
  ]);
  await app.settle();
  const open = await codeAt(elsewhere, device);
  expect(await codeAt(at, device)).toBe(used);
  await app.publish("reminder-rule", "left", {
    ...{
      join: "any",
      triggers: [{ kind: "cart", after: "1d" }],
      template: "mail",
      promotion: { cartPriceRule: byMail },
    },
  });
  await app.reminders.runNow();
  const [mail] = await app.reminders.due(10);
  const mailed = mail?.code;
  const other = await codeAt(at, unique("device"));
  expect(new Set([used, open, mailed, other, undefined]).size).toBe(5);
  const orderId = unique("order");
  expect(await post("redeem", { orderId, customerId, uses: uses(used) })).toMatchObject({ status: 200 });

  const { body } = await app.call("GET", `/v1/profiles/by/user_id/${customerId}`);
  const profileId = String(body["profileId"]);
  const files = await exported(profileId);
  const told = linesOf(files, "personal-codes") as CodeRow[];
  const time = expect.stringMatching(/^20\d\d-.*Z$/);
  expect(told.map((row) => row.code)).not.toContain(other);
  expect(told).toEqual([
    {
      ...{ code: used, rule: byOffer, by: "offer", givenAt: time, expires: null, usedAt: time },
      orders: [{ orderId, status: "redeemed", usedAt: time }],
    },
    { code: open, rule: atOnce, by: "offer", givenAt: time, expires: null, usedAt: null, orders: [] },
    { code: mailed, rule: byMail, by: "reminder", givenAt: time, expires: null, usedAt: null, orders: [] },
  ]);
  expect(JSON.parse(files.get("manifest.json") ?? "{}")).toMatchObject({ rows: { "personal-codes.ndjson": 3 } });

  expect((await app.call("DELETE", `/v1/profiles/${profileId}`, { mode: "delete" })).status).toBeLessThan(300);
  expect(await app.privacy.runRequests()).toBe(1);
  const own = [used, open, mailed];
  expect(await rows("select 1 from offer_codes c where c.code = any($1)", [own])).toEqual([]);
  expect(await rows("select 1 from reminder_sequences s where s.code = any($1)", [own])).toEqual([]);
  expect(await rows("select 1 from coupon_issues i where i.code = any($1)", [own])).toEqual([]);
  // What was used stays counted, of nobody.
  expect(await rows("select c.count::int as count from coupon_counters c where c.item = $1", [used])).toEqual([
    { count: 1 },
  ]);
  expect(await rows("select o.customer_key, o.status from coupon_orders o where o.order_id = $1", [orderId])).toEqual([
    { customer_key: null, status: "redeemed" },
  ]);
  for (const code of own)
    expect(await post("reserve", { orderId: unique("thief"), uses: uses(code) })).toMatchObject({
      ...{ status: 409, body: { error: { details: [{ code: "usage_limit_reached" }] } } },
    });
  // Not by giving back what was used, either.
  expect(await post("release", { orderId })).toMatchObject({ status: 200 });
  expect(await post("reserve", { orderId: unique("thief"), uses: uses(used) })).toMatchObject({ status: 409 });
  // The next person of the device is somebody else.
  const next = await codeAt(at, device);
  expect(next).toBeTruthy();
  expect(own).not.toContain(next);
  expect(await post("reserve", { orderId: unique("order"), uses: uses(other) })).toMatchObject({ status: 200 });
}, 60_000);

it("reaches both codes of a rule of somebody who was two persons before", async () => {
  const rule = await pooledRule();
  const at = await codedPlace(rule);
  const [phone, laptop, customerId] = [unique("phone"), unique("laptop"), unique("customer")];
  const codes = [];
  for (const device of [phone, laptop]) {
    await app.send([{ type: "pageView", anonymousId: device }]);
    await app.settle();
    codes.push(await codeAt(at, device));
  }
  for (const anonymousId of [phone, laptop]) {
    await app.sendFromServer([{ type: "signIn", anonymousId, customerId }]);
    await app.settle();
  }
  const { body } = await app.call("GET", `/v1/profiles/by/user_id/${customerId}`);
  const profileId = String(body["profileId"]);
  const told = linesOf(await exported(profileId), "personal-codes") as CodeRow[];
  expect(told.map(({ code }) => code)).toEqual(codes);
  await app.call("DELETE", `/v1/profiles/${profileId}`, { mode: "delete" });
  expect(await app.privacy.runRequests()).toBe(1);
  for (const code of codes)
    expect(await post("reserve", { orderId: unique("thief"), uses: uses(code) })).toMatchObject({ status: 409 });
  expect(await rows("select 1 from offer_former_codes f where f.code = any($1)", [codes])).toEqual([]);
}, 60_000);

it("tells how often offers came and what a person holds of limits", async () => {
  const at = await place();
  const own = await offer(at, { caps: [{ counted: "impression", limit: 3, per: "profile", hard: true }] });
  await policy(at, [{ type: "offer", offer: own }]);
  await app.offerDecisions.refreshCounts();
  const device = unique("device");
  await app.send([{ type: "pageView", anonymousId: device }]);
  await app.settle();
  const { decisionId } = await askOne(at, device);
  await app.send([{ type: "propositionDisplay", anonymousId: device, properties: { decisionId, placement: at } }]);
  await app.settle();
  const { body } = await app.call("GET", `/v1/profiles/by/anonymous_id/${device}`);
  const files = await exported(String(body["profileId"]));
  const today = new Date().toISOString().slice(0, 10);
  expect(linesOf(files, "offer-counts")).toEqual([
    { offer: own, counted: "impression", placement: at, count: 1, day: expect.stringMatching(today.slice(0, 8)) },
  ]);
  expect(linesOf(files, "offer-limits")).toEqual([
    { offer: own, counted: "impression", placement: "", taken: 1, from: null },
  ]);
});
