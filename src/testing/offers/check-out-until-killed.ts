// A child for the tests that kill: checks orders out on a PostgreSQL server, several at once, and prints what was acknowledged, one
// `<outcome> <order>` a line. Started again with the same name it repeats the same orders, as a shop does after a crash.
// Arguments: connection string, name, number of orders.
import { createLogger, systemClock } from "../../kernel/index.ts";
import { createCoupons } from "../../offers/coupons/index.ts";
import { createPostgres } from "../../storage/postgres.ts";
import { checkoutRules } from "./checkout-rules.ts";

const [url = "", name = "", count = "0"] = process.argv.slice(2);
const logger = createLogger("silent");
const postgres = createPostgres({ kind: "server", connection: url, logger });
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
    const uses = [{ code: "FEW" }, { ruleKey: "all" }, { code: "MANY" }];
    // Both ways round: locks are taken in one order whatever the order of the request.
    const { ok } = await coupons.reserve({ orderId, uses: number % 2 === 0 ? uses : uses.reverse(), customerId: name });
    process.stdout.write(`${ok ? "reserved" : "rejected"} ${orderId}\n`);
    if (!ok) continue;
    await coupons.redeem({ orderId });
    process.stdout.write(`redeemed ${orderId}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, shopper));
await postgres.close();
process.stdout.write("ended all\n");
