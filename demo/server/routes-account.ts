import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Accounts, sessionSeconds } from "./accounts.ts";
import { signIdentity } from "./identity-token.ts";
import { mergeLines, priceLine, readLines } from "./lines.ts";
import type { Account, Shelf } from "./records.ts";
import { bodyFields, sessionToken, setSessionCookie, shopRoute } from "./request.ts";
import type { Shop } from "./shop.ts";
import { signInNeeded } from "./shop-error.ts";
import { toCustomer, toLine } from "./views.ts";

const maxWishes = 200;

/** The signed-in customer, or null. */
export function customerOf(request: FastifyRequest, accounts: Accounts): Account | null {
  return accounts.ofSession(sessionToken(request));
}

/** @throws {ShopError} 401 when nobody is signed in */
export function requireCustomer(request: FastifyRequest, accounts: Accounts): Account {
  const account = customerOf(request, accounts);
  if (!account) throw signInNeeded();
  return account;
}

function readShelf(value: unknown): Shelf {
  const fields = typeof value === "object" && value !== null ? value : {};
  const cartId =
    "cartId" in fields && typeof fields.cartId === "string" && /^[\w-]{8,64}$/.test(fields.cartId) ? fields.cartId : "";
  const wishes = "wishlist" in fields && Array.isArray(fields.wishlist) ? fields.wishlist : [];
  const wishlist = wishes.filter((sku): sku is string => typeof sku === "string" && sku.length <= 64);
  return {
    cartId,
    lines: readLines("lines" in fields ? fields.lines : null),
    wishlist: [...new Set(wishlist)].slice(0, maxWishes),
  };
}

/** The account's cart goes on; what the browser had is added, and of the same product the higher number stays. */
function mergeShelves(kept: Shelf | undefined, brought: Shelf): Shelf {
  if (!kept) return brought;
  return {
    cartId: kept.lines.length > 0 ? kept.cartId : brought.cartId || kept.cartId,
    lines: mergeLines([...kept.lines, ...brought.lines], Math.max),
    wishlist: [...new Set([...kept.wishlist, ...brought.wishlist])].slice(0, maxWishes),
  };
}

export function accountRoutes(app: FastifyInstance, shop: Shop): void {
  const { accounts, store, catalog, config, now } = shop;

  const shelfView = ({ cartId, lines, wishlist }: Shelf) => ({
    cartId,
    lines: lines
      .map((line) => priceLine(catalog, line))
      .filter((line) => line !== null)
      .map(toLine),
    wishlist,
  });

  const person = (account: Account) => ({
    customer: toCustomer(account),
    identityToken: signIdentity(config.identitySecret, account.customerId, account.email, now()),
  });

  const enter = async (request: FastifyRequest, reply: FastifyReply, account: Account) => {
    const old = sessionToken(request);
    if (old !== undefined) await accounts.closeSession(old);
    setSessionCookie(request, reply, await accounts.openSession(account.customerId), sessionSeconds);
    const merged = mergeShelves(store.shelf(account.customerId), readShelf(bodyFields(request)["shelf"]));
    // A cart has a number from its first line on.
    const shelf = { ...merged, cartId: merged.lines.length > 0 ? merged.cartId || randomUUID() : "" };
    await store.save({ kind: "shelfSaved", customerId: account.customerId, shelf });
    return { ...person(account), shelf: shelfView(shelf) };
  };

  app.get("/session", shopRoute, (request) => {
    const account = customerOf(request, accounts);
    const shelf = account ? store.shelf(account.customerId) : undefined;
    return {
      config: { endpoint: config.publicClienteleUrl, writeKey: config.writeKey, storeView: config.storeView },
      ...(account ? person(account) : { customer: null, identityToken: null }),
      shelf: shelf ? shelfView(shelf) : null,
    };
  });

  app.post("/accounts", shopRoute, async (request, reply) => {
    const account = await accounts.create(request.body);
    shop.outbox.wake();
    return enter(request, reply.code(201), account);
  });

  app.post("/sign-in", shopRoute, async (request, reply) => enter(request, reply, await accounts.signIn(request.body)));

  app.post("/sign-out", shopRoute, async (request, reply) => {
    const token = sessionToken(request);
    if (token !== undefined) await accounts.closeSession(token);
    setSessionCookie(request, reply, "", 0);
    return { customer: null };
  });

  app.put("/shelf", shopRoute, async (request) => {
    const account = requireCustomer(request, accounts);
    const shelf = readShelf(request.body);
    await store.save({ kind: "shelfSaved", customerId: account.customerId, shelf });
    return { shelf: shelfView(shelf) };
  });
}
