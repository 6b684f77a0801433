// Reminders behind the whole program: definitions, events, merges, erasure and the API.
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const dayMs = 86_400_000;
const twoDaysAgo = () => new Date(Date.now() - 2 * dayMs).toISOString();
const items = [{ sku: "tent", qty: 1, lineTotal: { minor: 9900, currency: "USD" } }];
const agreed = { consent: { channels: { email: true } } };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());

async function leaveCart(who: { customerId?: string; anonymousId?: string; email?: string }): Promise<void> {
  const event = { type: "addToCart", timestamp: twoDaysAgo(), properties: { items }, context: agreed, ...who };
  await app.sendFromServer([event]);
  await app.settle();
}

const profileOf = async (namespace: string, value: string) =>
  String((await app.call("GET", `/v1/profiles/by/${namespace}/${value}`)).body["profileId"]);

it("every example of the manual page does what it says", async () => {
  await leaveCart({ customerId: "manual", email: "manual@example.com" });
  const examples = readExamples("reminders", { URL: "", TOKEN: demoCredentials.token });
  expect(examples.length).toBe(6);
  for (const { title, method, path, headers, body, answer } of examples) {
    const got = await app.call(method as "GET", path, body, headers);
    expect(got.status, `${title} ${JSON.stringify(got.body)}`).toBeLessThan(300);
    if (answer !== undefined) expect(got.body, title).toEqual(answer);
    if (path !== "/v1/definitions/reminder-rule") continue;
    const etag = String(got.headers["etag"]);
    const published = await app.call("POST", `${path}/left-carts/publish`, {}, { ...headers, "if-match": etag });
    expect(published.status, JSON.stringify(published.body)).toBe(200);
  }
  const [mail] = await app.reminders.due(10);
  expect(mail).toMatchObject({ address: "manual@example.com", template: "cart-mail", step: 0 });
  expect(await app.reminders.settle(mail!, { status: "sent" })).toBe(true);
  const profileId = await profileOf("user_id", "manual");
  const { status, body } = await app.call("GET", `/v1/reminders/left-carts/profiles/${profileId}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    holds: true,
    step: null,
    mails: [{ state: "sent" }],
    dates: ["…", "…", "…"].map(() => expect.any(String)),
  });
});

it("refuses a rule with all its faults and their fields", async () => {
  const where = { event: { name: "addToCart" } };
  const body = {
    join: "all",
    triggers: [
      { kind: "cart", after: "0d", where },
      {
        kind: "browse",
        after: "3d",
        within: "1d",
        where: { attribute: { path: "product.colour_of_it", op: "nope", value: 1 } },
      },
    ],
    rule: { attribute: { path: "context.device", op: "eq", value: "mobile" } },
    repeat: "14,7",
    template: "t",
    timezone: "Mars/Base",
    promotion: { cartPriceRule: "nowhere", codeLasts: "1d" },
  };
  const { status, body: answer } = await app.call("POST", "/v1/definitions/reminder-rule", {
    key: "bad",
    name: "Bad",
    body,
  });
  expect(status).toBe(422);
  const { details } = answer["error"] as { details: { path: string; code: string }[] };
  const paths = details.map(({ path }) => path);
  for (const path of [
    "/triggers/0/after",
    "/triggers/0/where",
    "/triggers/1/within",
    "/triggers/1/where/attribute/op",
    "/rule",
    "/repeat",
    "/timezone",
  ])
    expect(paths, path).toContain(`/body${path}`);
});

it("an order that was accepted a moment ago stops a mail that is due already", async () => {
  await leaveCart({ customerId: "buyer", email: "buyer@example.com" });
  await app.reminders.runNow();
  const orderTotal = { minor: 9900, currency: "USD" };
  await app.sendFromServer([
    { type: "orderPlaced", customerId: "buyer", properties: { orderId: "o-buyer", orderTotal, items } },
  ]);
  // Not settled: the hand-out itself waits for what was accepted.
  expect((await app.reminders.due(10)).map(({ address }) => address)).not.toContain("buyer@example.com");
  const { body } = await app.call("GET", `/v1/reminders/left-carts/profiles/${await profileOf("user_id", "buyer")}`);
  expect(body).toMatchObject({
    mails: [{ state: "skipped", reason: "bought" }],
    sequences: [{ endedReason: "bought" }],
  });
});

it("a device that turns out to be a customer's goes on where it was, and is not reminded anew", async () => {
  await app.publish("reminder-rule", "guests", {
    join: "all",
    guests: true,
    triggers: [{ kind: "cart", after: "1d" }],
    repeat: "1",
    template: "t",
  });
  await leaveCart({ anonymousId: "tablet", email: "tablet@example.com" });
  await app.reminders.runNow();
  const first = (await app.reminders.due(50)).filter(({ rule }) => rule.key === "guests");
  const own = first.find(({ address }) => address === "tablet@example.com");
  for (const mail of first) await app.reminders.settle(mail, { status: "sent" });
  expect(own).toMatchObject({ step: 0 });
  await app.sendFromServer([
    { type: "profileRecord", customerId: "owner", properties: { traits: { firstName: "O" } } },
  ]);
  await app.settle();
  expect(await profileOf("user_id", "owner")).not.toBe(await profileOf("anonymous_id", "tablet"));
  await app.sendFromServer([{ type: "signIn", customerId: "owner", anonymousId: "tablet" }]);
  await app.settle();
  const owner = await profileOf("user_id", "owner");
  expect(await profileOf("anonymous_id", "tablet")).toBe(owner);
  await app.reminders.runNow();
  expect(
    (await app.reminders.due(50)).filter(({ profileId, rule }) => profileId === owner && rule.key === "guests"),
  ).toEqual([]);
  const { body } = await app.call("GET", `/v1/reminders/guests/profiles/${owner}`);
  expect(body).toMatchObject({ mails: [{ step: 0, state: "sent" }] });
});

it("nothing of an erased person stays", async () => {
  await leaveCart({ customerId: "erased", email: "erased-reminder@example.com" });
  await app.reminders.runNow();
  const profileId = await profileOf("user_id", "erased");
  const count = async () => {
    const { rows } = await app.engines.postgres.query<{ n: number }>(
      `select (select count(*) from reminder_mails m where m.profile_id = $1)
         + (select count(*) from reminder_sequences s where s.profile_id = $1)
         + (select count(*) from reminder_watch w where w.profile_id = $1) as n`,
      [profileId],
    );
    return rows[0]?.n;
  };
  expect(await count()).toBeGreaterThan(2);
  expect((await app.call("DELETE", `/v1/profiles/${profileId}`, { mode: "delete" })).status).toBe(202);
  await app.privacy.runRequests();
  expect(await count()).toBe(0);
});

it("changes settings only as they were read", async () => {
  const { body, headers } = await app.call("GET", "/v1/reminders/settings");
  const settings = { ...(body["settings"] as object), maxMailsPerRun: 7 };
  const auth = { authorization: `Bearer ${demoCredentials.token}` };
  const put = (etag: string) => app.call("PUT", "/v1/reminders/settings", settings, { ...auth, "if-match": etag });
  const etag = String(headers["etag"]);
  expect((await put(etag)).status).toBe(200);
  expect((await put(etag)).status).toBe(412);
  expect((await put("x")).status).toBe(400);
  const bad = await app.call(
    "PUT",
    "/v1/reminders/settings",
    { ...settings, frequency: { every: 7 } },
    { ...auth, "if-match": "*" },
  );
  expect(bad.status).toBe(400);
  expect((await app.call("GET", "/v1/reminders/runs?limit=1")).body).toMatchObject({ items: [{ state: "finished" }] });
  expect((await app.call("GET", "/v1/reminders/left-carts/due?cursor=x")).status).toBe(400);
  expect((await app.call("GET", "/v1/reminders/nowhere/due")).status).toBe(404);
  expect((await app.call("GET", "/v1/reminders/left-carts/due", undefined, {})).status).toBe(401);
});
