import { describe, expect, it } from "vitest";
import { aReminder, idOf } from "../../testing/reminders/reminder-world.ts";
import { stepsOf, useReminders } from "../../testing/reminders/use-reminders.ts";
import { defaultSettings } from "./settings.ts";

const dayMs = 86_400_000;
const { clock, open, abandon } = useReminders();

describe("a run", () => {
  it("makes no more mails than it may; the next one goes on", async () => {
    const world = open([aReminder("a")]);
    const names = Array.from({ length: 25 }, (_, index) => `n${index}`);
    for (const name of names) {
      world.add(name);
      await abandon(world, name);
    }
    await world.changeSettings({ ...defaultSettings, maxMailsPerRun: 10 });
    clock.advance(2 * dayMs);
    const due: number[] = [];
    for (let run = 0; run < 4; run += 1) {
      due.push((await world.reminders.runNow()).counts["due"] ?? 0);
      clock.advance(300_000);
    }
    expect(due).toEqual([10, 10, 5, 0]);
    expect(new Set((await world.sendAll()).map(({ profileId }) => profileId)).size).toBe(25);
  });

  it("of a rule that went live looks at everybody once, also at those in whom nothing changes", async () => {
    const world = open([]);
    for (let index = 0; index < 1_200; index += 1) world.add(`n${index}`);
    await abandon(world, "n7");
    await abandon(world, "n1100");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    expect(await world.sendAll()).toEqual([]);
    world.setRules([aReminder("late")]);
    expect((await world.reminders.runNow()).counts).toMatchObject({ swept: 1_200, due: 2 });
    clock.advance(300_000);
    expect((await world.reminders.runNow()).counts).toEqual({});
  });

  it("is made by one process at a time; one that stopped is taken over and writes nothing more", async () => {
    let release = (): void => undefined;
    let reached = (): void => undefined;
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const slow = open([aReminder("a")]);
    slow.add("ada");
    await abandon(slow, "ada");
    clock.advance(2 * dayMs);
    const stuck = open([aReminder("a")], {
      more: {
        people: {
          stored: async (ids) => {
            reached();
            await new Promise<void>((resolve) => {
              release = resolve;
            });
            return ids.flatMap((id) => {
              const found = slow.customers.get(id);
              return found ? [{ ...found, createdAt: 0, version: 1 }] : [];
            });
          },
          linksOf: async () => [],
          scan: async () => [],
          survivorOf: async (id) => id,
        },
      },
    });
    const hanging = stuck.reminders.runNow();
    await isReached;
    await expect(slow.reminders.runNow()).rejects.toMatchObject({ code: "reminders.running" });
    clock.advance(120_000);
    expect((await slow.reminders.runNow()).counts).toMatchObject({ due: 1 });
    release();
    await expect(hanging).rejects.toMatchObject({ code: "reminders.running" });
    expect((await slow.sendAll()).length).toBe(1);
    const runs = await slow.reminders.runs(null, 10);
    expect(runs.map(({ state }) => state)).toEqual(["finished", "stopped"]);
  });

  it("moves what a customer got to the profile that theirs became", async () => {
    const world = open([aReminder("a", { repeat: "7" })]);
    world.add("device");
    world.add("ada");
    await abandon(world, "device");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    expect(stepsOf(await world.sendAll())).toEqual([0]);
    world.merge("device", "ada");
    await world.note(idOf("device"), idOf("ada"));
    await world.reminders.runNow();
    expect(await world.sendAll()).toEqual([]);
    clock.advance(7 * dayMs);
    await world.reminders.runNow();
    expect((await world.sendAll()).map(({ step, profileId }) => [step, profileId])).toEqual([[1, idOf("ada")]]);
  });

  it("hands a mail out under the profile that the customer's became meanwhile", async () => {
    const world = open([aReminder("a")]);
    world.add("device");
    world.add("ada");
    await abandon(world, "device");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    world.merge("device", "ada");
    expect(await world.sendAll()).toEqual([]);
    expect((await world.sendAll()).map(({ profileId }) => profileId)).toEqual([idOf("ada")]);
  });
});

describe("an explanation", () => {
  it("says why, and when the mails are due", async () => {
    const world = open([aReminder("a", { repeat: "7" })]);
    const ada = world.add("ada");
    await abandon(world, "ada");
    expect(await world.reminders.profile("a", ada)).toMatchObject({ holds: false, step: null, dates: [] });
    clock.advance(2 * dayMs);
    const now = clock.now();
    expect(await world.reminders.preview("a", 10, null)).toMatchObject({
      items: [{ profileId: ada, holds: true, step: 0 }],
    });
    expect(await world.reminders.profile("a", ada)).toMatchObject({
      holds: true,
      step: 0,
      why: null,
      dates: [now, now + 7 * dayMs],
    });
    await world.reminders.runNow();
    await world.sendAll();
    expect(await world.reminders.profile("a", ada)).toMatchObject({
      step: null,
      dates: [now, now + 7 * dayMs],
      mails: [{ step: 0, state: "sent" }],
    });
    await expect(world.reminders.profile("b", ada)).rejects.toMatchObject({ code: "reminders.notFound" });
  });

  it("of a link opens the cart, and nothing else does", async () => {
    const world = open([aReminder("a")]);
    world.add("ada");
    await abandon(world, "ada");
    clock.advance(2 * dayMs);
    await world.reminders.runNow();
    const [mail] = await world.sendAll();
    const token = decodeURIComponent(mail?.variables.recovery_url.split("/").at(-1) ?? "");
    expect(await world.reminders.cartOf(token)).toEqual({
      cartId: null,
      items: [{ sku: "tent", qty: 1, parentSku: null }],
    });
    for (const other of ["", "x", `${token}x`.slice(4), "%00"])
      await expect(world.reminders.cartOf(other)).rejects.toMatchObject({ code: "reminders.badLink" });
    clock.advance(61 * dayMs);
    await expect(world.reminders.cartOf(token)).rejects.toMatchObject({ code: "reminders.badLink" });
  });
});
