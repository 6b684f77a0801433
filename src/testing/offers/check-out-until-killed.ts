// A child for the tests that kill: checks orders out on a PostgreSQL server or the embedded one, several at once, and prints what was acknowledged, one
// `<outcome> <order>` a line. Started again with the same name it repeats the same orders, as a shop does after a crash.
// Arguments: connection string or data directory, name, number of orders.
import { createLogger, systemClock } from "../../kernel/index.ts";
import { createCoupons } from "../../offers/coupons/index.ts";
import { openEngines } from "../../storage/index.ts";
import { createPostgres } from "../../storage/postgres.ts";
import { checkoutRules, orderOf } from "./checkout-rules.ts";

const [url = "", name = "", count = "0"] = process.argv.slice(2);
const logger = createLogger("silent");
const embedded = {
  dataDir: url,
  postgresUrl: "",
  clickhouseUrl: "",
  clickhouseCluster: "",
  durability: "process",
} as const;
const postgres = url.startsWith("postgres:")
  ? createPostgres({ kind: "server", connection: url, logger })
  : (await openEngines(embedded, logger)).postgres;
const coupons = createCoupons({
  postgres,
  // Reports are not asked for here.
  clickhouse: { query: async () => [], insert: async () => undefined },
  clock: systemClock,
  logger,
  liveRules: () => checkoutRules,
  convert: (money) => money,
  defaultStoreView: "default",
  timezone: "UTC",
});

let next = 0;
async function shopper(): Promise<void> {
  for (; next < Number(count); ) {
    const number = next;
    next += 1;
    const orderId = `${name}-${number}`;
    const { ok } = await coupons.reserve({ orderId, ...orderOf(name, number) });
    process.stdout.write(`${ok ? "reserved" : "rejected"} ${orderId}\n`);
    if (!ok) continue;
    await coupons.redeem({ orderId });
    process.stdout.write(`redeemed ${orderId}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, shopper));
await postgres.close();
process.stdout.write("ended all\n");
