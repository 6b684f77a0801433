/** Reminders for the tests of one file: one database, which is empty before each test, at the same time; for tests only. */
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../engines.ts";
import { aCartLine, createWorld, type World } from "./reminder-world.ts";

type WorldOptions = Parameters<typeof createWorld>[0];

const start = Date.parse("2026-03-02T10:00:00Z");
const tables = ["state", "watch", "queue", "interests", "sweeps", "sequences", "mails", "addresses", "runs"];

export function useReminders() {
  const clock = createFixedClock(start);
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await openTestEngines(["journeys"]);
  }, 60_000);
  afterAll(() => engines?.close());
  beforeEach(async () => {
    clock.set(start);
    for (const table of tables) await engines.postgres.query(`delete from reminder_${table}`);
  });
  return {
    /** When each test begins, UTC ms. */
    start,
    clock,
    /** The live rules, with nobody there yet. */
    open: (rules: WorldOptions["rules"], more: Omit<Partial<WorldOptions>, "rules"> = {}): World =>
      createWorld({ postgres: engines.postgres, clock, rules, ...more }),
    /** Somebody puts a product into the cart, and leaves it. */
    abandon: (world: World, name: string): Promise<void> => world.happen(name, "addToCart", { items: [aCartLine] }),
  };
}

/** The numbers of these mails in their sequences. */
export function stepsOf(mails: readonly { readonly step: number }[]): readonly number[] {
  return mails.map(({ step }) => step);
}
