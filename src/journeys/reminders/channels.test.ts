// E-mail, text messages and push: which way a reminder takes, and what is against each.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { aCartLine, aReminder, createWorld, idOf, type World } from "../../testing/reminders/reminder-world.ts";
import type { Channel } from "./channels.ts";
import type { ReminderBody } from "./reminder-body.ts";

const dayMs = 86_400_000;
const start = Date.parse("2026-03-02T10:00:00Z");
const clock = createFixedClock(start);
const all: Partial<ReminderBody> = {
  channels: ["email", "sms", "push"],
  templates: { sms: "cart-sms", push: "cart-push" },
};

let engines: TestEngines;
beforeAll(async () => {
  engines = await openTestEngines(["journeys"]);
}, 60_000);
afterAll(() => engines.close());

beforeEach(async () => {
  clock.set(start);
  const tables = ["state", "watch", "queue", "interests", "sweeps", "sequences", "mails", "addresses", "runs"];
  for (const table of tables) await engines.postgres.query(`delete from reminder_${table}`);
});

function open(body: Partial<ReminderBody>): World {
  return createWorld({ postgres: engines.postgres, clock, rules: [aReminder("a", body)] });
}

/** Somebody who left a cart, with consent for these channels and these identifiers. */
async function leave(
  world: World,
  name: string,
  consents: readonly Channel[],
  identifiers: readonly (readonly [string, string])[],
): Promise<void> {
  world.add(name, { consent: false, email: false });
  const customer = world.customers.get(idOf(name))!;
  const grant = { status: "granted", at: 0, source: "shop", expiresAt: Date.parse("2099-01-01") } as const;
  customer.state = {
    ...customer.state,
    consents: Object.fromEntries(consents.map((channel) => [`marketing:${channel}`, grant])),
  };
  customer.identifiers = [
    ...customer.identifiers,
    ...identifiers.map(([namespace, value], at) => ({
      ...{ namespace, value, validFrom: at, validTo: value.startsWith("gone") ? 5 : null, verified: true },
    })),
  ];
  await world.happen(name, "addToCart", { items: [aCartLine] });
}

async function sent(world: World) {
  clock.advance(2 * dayMs);
  await world.reminders.runNow();
  const mails = await world.sendAll();
  return Object.fromEntries(
    mails.map(({ profileId, channel, addresses, template }) => [profileId, [channel, template, ...addresses]]),
  );
}

const mail = (name: string) => ["email", `${name}@example.com`] as const;
const phone = ["phone", "+4915112345678"] as const;

it("takes the first channel that the person agreed to and can be reached on", async () => {
  const world = open(all);
  const token = ["push_token:ios", "Token-A"] as const;
  await leave(world, "mailed", ["email", "sms", "push"], [mail("mailed"), phone, token]);
  await leave(world, "texted", ["sms", "push"], [mail("texted"), phone, token]);
  await leave(world, "unmailable", ["email", "sms"], [phone]);
  await leave(world, "pushed", ["push"], [mail("pushed"), phone, token, ["push_token:web", "Token-B"]]);
  await leave(world, "nobody", ["push"], [mail("nobody"), phone, ["push_token:ios", "gone"]]);
  expect(await sent(world)).toEqual({
    [idOf("mailed")]: ["email", "cart-mail", "mailed@example.com"],
    [idOf("texted")]: ["sms", "cart-sms", "+4915112345678"],
    [idOf("unmailable")]: ["sms", "cart-sms", "+4915112345678"],
    [idOf("pushed")]: ["push", "cart-push", "Token-B", "Token-A"],
  });
  const { mails } = await world.reminders.profile("a", idOf("nobody"));
  expect(mails, "what is against the channel that comes first").toMatchObject([
    { channel: "email", state: "skipped", reason: "no_consent" },
  ]);
});

it("sends nothing on a channel that the rule does not name, or has no template for", async () => {
  const world = open({ channels: ["sms", "push"], templates: { push: "cart-push" } });
  await leave(world, "mailed", ["email"], [mail("mailed")]);
  await leave(world, "texted", ["sms"], [phone]);
  expect(await sent(world)).toEqual({});
  const reasonOf = async (name: string) => (await world.reminders.profile("a", idOf(name))).mails[0]?.reason;
  expect([await reasonOf("mailed"), await reasonOf("texted")]).toEqual(["no_template", "no_template"]);
});

it("asks again when a message is handed out: it goes another way, or none", async () => {
  const world = open(all);
  await leave(world, "ada", ["email", "sms"], [mail("ada"), phone]);
  clock.advance(2 * dayMs);
  await world.reminders.runNow();
  await world.happen("ada", "consentUpdated", { consent: {}, channels: { email: false } });
  expect((await world.sendAll()).map(({ channel }) => channel)).toEqual(["sms"]);
  expect((await world.reminders.profile("a", idOf("ada"))).mails).toMatchObject([{ channel: "sms", state: "sent" }]);
});

it("counts failures of each address by itself", async () => {
  const world = open({ ...all, repeat: "1,2,3,4" });
  await leave(world, "ada", ["email", "sms"], [mail("ada"), phone]);
  const channels: string[] = [];
  for (let day = 0; day < 5; day += 1) {
    clock.advance((day === 0 ? 2 : 1) * dayMs);
    await world.reminders.runNow();
    for (const due of await world.reminders.due(10)) {
      channels.push(due.channel);
      const outcome = { status: "failed", isPermanent: true, reason: "bounced" } as const;
      await world.reminders.settle(due, due.channel === "email" ? outcome : { status: "sent" });
    }
  }
  expect(channels).toEqual(["email", "email", "email", "sms", "sms"]);
});

it("caps reminders of all rules and channels together", async () => {
  const world = createWorld({
    postgres: engines.postgres,
    clock,
    rules: [aReminder("a", all), aReminder("b", { channels: ["sms"], templates: { sms: "t" } }), aReminder("c")],
  });
  const { settings } = await world.reminders.settings();
  await world.changeSettings({ ...settings, cap: { mails: 2, days: 7 } });
  await leave(world, "ada", ["email", "sms"], [mail("ada"), phone]);
  clock.advance(2 * dayMs);
  await world.reminders.runNow();
  expect((await world.sendAll()).map(({ rule, channel }) => [rule.key, channel]).sort()).toEqual([
    ["a", "email"],
    ["b", "sms"],
  ]);
  expect((await world.reminders.profile("c", idOf("ada"))).mails).toMatchObject([{ reason: "capped" }]);
});
