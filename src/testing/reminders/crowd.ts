/** Many customers with abandoned carts, who also wait for a product that is out of stock; and a sender that keeps its own messages by the id of the mail. */
import type { Clock } from "../../kernel/index.ts";
import type { Postgres } from "../../storage/index.ts";
import { aProduct } from "../a-product.ts";
import { aCartLine, aReminder, createWorld } from "./reminder-world.ts";

const dayMs = 86_400_000;
export const crowdSize = 150;
/** One for the cart, one when the product is back. */
export const crowdMails = 2 * crowdSize;
/** Short, so that what a killed process held comes back within the test. */
const leaseMs = 300;

export async function createCrowd(postgres: Postgres, clock: Clock) {
  await postgres.query(
    "create table if not exists test_outbox (mail_id uuid primary key, profile_id uuid, step integer, code text, attempts integer)",
  );
  await postgres.query("create table if not exists test_codes (idempotency_key text primary key, code text)");
  // Every process sees the carts as they were left once: another time would be another cart.
  await postgres.query(
    "create table if not exists test_carts (one_row boolean primary key, left_at bigint, back_at bigint)",
  );
  await postgres.query("insert into test_carts values (true, $1) on conflict do nothing", [clock.now() - 2 * dayMs]);
  const { rows: carts } = await postgres.query<{ at: number }>("select c.left_at::float8 as at from test_carts c");
  const updatedAt = carts[0]?.at ?? 0;
  const world = createWorld({
    postgres,
    clock,
    rules: [
      aReminder("crowd", { promotion: { cartPriceRule: "ten" } }),
      aReminder("back", { triggers: [{ kind: "back_in_stock", within: "7d", of: ["wishlist"] }] }),
    ],
    promotions: { ten: { name: "Ten", coupon: { type: "pool" }, usesPerCoupon: 1, usesPerCustomer: 1 } },
    coupons: {
      issueCode: async (_rule, _profile, key, expires) => {
        await postgres.query(
          "insert into test_codes values ($1, 'C' || substr(md5(random()::text), 1, 8)) on conflict do nothing",
          [key],
        );
        const { rows } = await postgres.query<{ code: string }>(
          "select code from test_codes where idempotency_key = $1",
          [key],
        );
        return { code: rows[0]?.code ?? "", expires };
      },
    },
    more: { leaseMs, runLeaseMs: leaseMs },
  });
  for (let index = 0; index < crowdSize; index += 1) {
    const profileId = world.add(`crowd-${index}`);
    const customer = world.customers.get(profileId);
    if (!customer) continue;
    const { lineTotal } = aCartLine;
    // As it is written above.
    const total = lineTotal as { minor: number; currency: string };
    const cart = {
      cartId: null,
      items: [{ sku: "tent", qty: 1, lineTotal: total }],
      updatedAt,
    };
    const wishlistLog = [{ sku: "mug", at: updatedAt, on: true }];
    customer.state = { ...customer.state, cart, wishlist: ["mug"], wishlistLog };
  }
  const mug = aProduct("mug", { inStock: false, outOfStockAt: updatedAt - dayMs });
  world.put(mug);
  let isBack = false;
  const followCatalog = async (): Promise<void> => {
    if (isBack) return;
    const { rows } = await postgres.query<{ at: number | null }>("select c.back_at::float8 as at from test_carts c");
    const backInStockAt = rows[0]?.at ?? null;
    if (backInStockAt === null) return;
    isBack = true;
    world.put({ ...mug, inStock: true, backInStockAt });
  };
  return {
    world,
    /** The product is back in stock, for every process. */
    restock: async (): Promise<void> => {
      await postgres.query("update test_carts set back_at = $1", [clock.now()]);
    },
    /** One run, and one round of the sender. @returns mails that were handed out */
    work: async (): Promise<number> => {
      await followCatalog();
      await world.reminders.runNow().catch(() => undefined);
      const due = await world.reminders.due(20);
      for (const mail of due) {
        await postgres.query(
          `insert into test_outbox values ($1, $2, $3, $4, 1)
           on conflict (mail_id) do update set attempts = test_outbox.attempts + 1`,
          [mail.id, mail.profileId, mail.step, mail.code ?? null],
        );
        await world.reminders.settle(mail, { status: "sent" });
      }
      return due.length;
    },
  };
}
