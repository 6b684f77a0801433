/**
 * Takes pieces of scarce offers, gives some back, lets some run out, and deletes dead rows of their stocks, all at once and for ever;
 * started as a process of its own by the kill test, which ends it anywhere. Prints the ids of pieces that it was told are confirmed.
 */
import { setTimeout as pause } from "node:timers/promises";
import { createLogger } from "../../kernel/index.ts";
import { createHoldStore } from "../../offers/decisioning/store-holds.ts";
import { createStockCleaner } from "../../offers/decisioning/store-stock-cleaner.ts";
import { createPostgres } from "../../storage/postgres.ts";
import { liveLimits, takeOne } from "./stocks.ts";

// Arguments: connection string of a PostgreSQL server, and its day since 1970.
const [url = "", day = "0"] = process.argv.slice(2);
const today = Number(day);
const postgres = createPostgres({ kind: "server", connection: url, logger: createLogger("silent") });
const store = createHoldStore(postgres);
const cleaner = createStockCleaner(postgres);
const soonMs = 30;
const longMs = 3_600_000;

async function taker(first: number): Promise<never> {
  for (let turn = first; ; turn += 1) {
    const now = Date.now();
    const fate = turn % 5;
    // Of five, one is used up, one is given back, one counts at once, and the others run out.
    const expiresAt = fate === 2 ? null : now + (fate === 0 ? longMs : soonMs);
    const taken = await takeOne(store, { turn, today, expiresAt, now });
    if (!taken) {
      await pause(5);
      continue;
    }
    const { ids, decisionId } = taken;
    if (fate === 1) await store.release(ids);
    else if (fate === 2) process.stdout.write(`${ids.join("\n")}\n`);
    else {
      await store.shown(ids, decisionId);
      if (fate !== 0) continue;
      const { rowCount } = await postgres.query(
        "update offer_holds h set status = 'confirmed', updated_at = clock_timestamp() where h.decision_id = $1 and h.status = 'held'",
        [decisionId],
      );
      if (rowCount === ids.length) process.stdout.write(`${ids.join("\n")}\n`);
    }
  }
}

async function expirer(): Promise<never> {
  for (;;) {
    await store.expire(Date.now(), 5);
    await pause(3);
  }
}

async function sweeper(limits: typeof liveLimits): Promise<never> {
  for (;;) {
    await cleaner.clean(today, limits);
    await pause(1);
  }
}

process.stdout.write("ready\n");
await Promise.all([taker(0), taker(1), taker(2), expirer(), sweeper(liveLimits), sweeper([])]);
