// E-mail, text messages and push: which way a reminder takes, and what is against each.
import { expect, it } from "vitest";
import { aCartLine, aReminder, idOf, type World } from "../../testing/reminders/reminder-world.ts";
import { useReminders } from "../../testing/reminders/use-reminders.ts";
import type { Channel } from "./channels.ts";
import type { ReminderBody } from "./reminder-body.ts";

const dayMs = 86_400_000;
const { clock, open } = useReminders();
const all: Partial<ReminderBody> = {
  channels: ["email", "sms", "push"],
  templates: { sms: "cart-sms", push: "cart-push" },
};

/** Somebody who left a cart, with consent for these channels and these identifiers. */
async function leave(
  world: World,
  name: string,
  consents: readonly Channel[],
  identifiers: readonly (readonly [string, string])[],
  storeView = "default",
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
  await world.happen(name, "addToCart", { items: [aCartLine] }, { storeView });
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
  const world = open([aReminder("a", all)]);
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
  const world = open([aReminder("a", { channels: ["sms", "push"], templates: { push: "cart-push" } })]);
  await leave(world, "mailed", ["email"], [mail("mailed")]);
  await leave(world, "texted", ["sms"], [phone]);
  expect(await sent(world)).toEqual({});
  const reasonOf = async (name: string) => (await world.reminders.profile("a", idOf(name))).mails[0]?.reason;
  expect([await reasonOf("mailed"), await reasonOf("texted")]).toEqual(["no_template", "no_template"]);
});

it("asks again when a message is handed out: it goes another way, or none", async () => {
  const world = open([aReminder("a", all)]);
  await leave(world, "ada", ["email", "sms"], [mail("ada"), phone]);
  clock.advance(2 * dayMs);
  await world.reminders.runNow();
  await world.happen("ada", "consentUpdated", { consent: {}, channels: { email: false } });
  expect((await world.sendAll()).map(({ channel }) => channel)).toEqual(["sms"]);
  expect((await world.reminders.profile("a", idOf("ada"))).mails).toMatchObject([{ channel: "sms", state: "sent" }]);
});

it("counts failures of each address by itself", async () => {
  const world = open([aReminder("a", { ...all, repeat: "1,2,3,4" })]);
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
  const world = open([
    aReminder("a", all),
    aReminder("b", { channels: ["sms"], templates: { sms: "t" } }),
    aReminder("c"),
  ]);
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

/** A different text for each channel in the store view fr; none by mail and push in it. */
const french: Partial<ReminderBody> = {
  ...all,
  title: "You left something",
  byStoreView: {
    fr: { template: null, templates: { sms: "cart-sms-fr", push: null }, title: "Oubli ?", sender: "france" },
    it: { templates: { sms: null } },
  },
};

it("takes the text of the customer's store view on every channel; not selected there = nothing on that channel", async () => {
  const world = open([aReminder("a", french)]);
  const token = ["push_token:ios", "Token-A"] as const;
  await leave(world, "both", ["email", "sms", "push"], [mail("both"), phone, token], "fr");
  await leave(world, "mailed", ["email"], [mail("mailed"), phone, token], "fr");
  await leave(world, "pushed", ["push"], [token], "fr");
  await leave(world, "texted", ["sms", "push"], [phone, token], "it");
  await leave(world, "german", ["sms"], [phone], "de");
  clock.advance(2 * dayMs);
  await world.reminders.runNow();
  const mails = await world.sendAll();
  expect(
    Object.fromEntries(
      mails.map((each) => [
        each.profileId,
        [each.channel, each.template, each.variables.promotion_name, each.sender].join(" | "),
      ]),
    ),
  ).toEqual({
    [idOf("both")]: "sms | cart-sms-fr | Oubli ? | france",
    [idOf("texted")]: "push | cart-push | You left something | general",
    [idOf("german")]: "sms | cart-sms | You left something | general",
  });
  const reasonOf = async (name: string) => (await world.reminders.profile("a", idOf(name))).mails[0]?.reason;
  expect([await reasonOf("mailed"), await reasonOf("pushed")]).toEqual(["no_template", "no_template"]);
});

it("says before a run, and before the rule is published, who is due with which text", async () => {
  const world = open([aReminder("a", french)]);
  for (const name of ["ada", "bea"]) await leave(world, name, ["sms"], [phone], "fr");
  await leave(world, "cal", ["sms"], [phone], "it");
  await leave(world, "dora", ["email"], [mail("dora")], "de");
  clock.advance(2 * dayMs);
  const { items } = await world.reminders.preview("a", 10, null);
  expect(
    Object.fromEntries(items.map(({ profileId, template, title, why }) => [profileId, [template, title, why]])),
  ).toEqual({
    [idOf("ada")]: ["cart-sms-fr", "Oubli ?", null],
    [idOf("bea")]: ["cart-sms-fr", "Oubli ?", null],
    [idOf("cal")]: ["cart-mail", "You left something", "no_address"],
    [idOf("dora")]: ["cart-mail", "You left something", null],
  });
  expect(items.map(({ label }) => label).sort()).toEqual(["ada", "bea", "cal", "dora@example.com"]);
  const { body } = aReminder("draft", french);
  expect(await world.reminders.estimate(undefined, body, null)).toMatchObject({
    due: 3,
    hindered: { no_address: 1 },
    texts: [
      { channel: "sms", storeView: "fr", template: "cart-sms-fr", count: 2 },
      { channel: "email", storeView: "de", template: "cart-mail", count: 1 },
    ],
  });
});
