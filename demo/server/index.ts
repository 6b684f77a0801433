import { join } from "node:path";
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { createAccounts } from "./accounts.ts";
import { createCouponDesk } from "./coupon-desk.ts";
import { explain } from "./explain.ts";
import { loadLuma } from "./load-luma.ts";
import { createOrders } from "./orders.ts";
import { createOutbox } from "./outbox.ts";
import { createPriceDesk } from "./price-desk.ts";
import { bodyFields, pathText, refuseForeignWrites, shopRoute } from "./request.ts";
import { createRequisitionLists } from "./requisition-lists.ts";
import { accountRoutes, customerOf } from "./routes-account.ts";
import { catalogRoutes } from "./routes-catalog.ts";
import { listRoutes } from "./routes-lists.ts";
import { orderRoutes } from "./routes-orders.ts";
import { sendFile } from "./serve-files.ts";
import type { Shop } from "./shop.ts";
import { notFound, ShopError } from "./shop-error.ts";
import { openShopStore } from "./shop-store.ts";
import { createCodeGuard, createTill } from "./till.ts";

export type DemoShopOptions = {
  /** Folder with the Luma files: products.jsonl.gz, categories.json, attributes.json, reviews.jsonl.gz, images/, banners/. */
  readonly dataDir: string;
  /** Folder for accounts, orders and what Clientele has not taken yet; made when it does not exist. */
  readonly stateDir: string;
  /** Where this server reaches Clientele. */
  readonly clienteleUrl: string;
  /** Where browsers reach Clientele; default "" means the origin that serves the shop. */
  readonly publicClienteleUrl?: string;
  readonly writeKey: string;
  /** Token with the scopes `edit` and `read`; stays on the server. */
  readonly serverToken: string;
  /** Secret of the write key for identity tokens; stays on the server. */
  readonly identitySecret: string;
  /** Folder of the built pages (demo/dist/client). */
  readonly dist: string;
  /** Default `default`. */
  readonly storeView?: string;
  /** First pause before a back-office event is sent again; doubles up to a minute. Default 1000 ms. */
  readonly retryMs?: number;
  /** Default the system clock. */
  readonly now?: () => number;
};

const bodyLimitBytes = 64 * 1024;

function contentSecurityPolicy(clienteleUrl: string): string {
  const clientele = clienteleUrl === "" ? "" : ` ${new URL(clienteleUrl).origin}`;
  return `default-src 'self'; img-src 'self' data:; connect-src 'self'${clienteleUrl === "" ? "" : clientele}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`;
}

function answerFault(fault: FastifyError | ShopError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (fault instanceof ShopError) {
    return reply.code(fault.status).send({ error: { code: fault.code, message: fault.message, fields: fault.fields } });
  }
  const status = fault.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: fault }, "the shop failed");
  const message = status >= 500 ? "Something went wrong. Please try again." : fault.message;
  return reply.code(status).send({ error: { code: status >= 500 ? "internal" : "badRequest", message, fields: [] } });
}

function apiRoutes(app: FastifyInstance, shop: Shop): void {
  app.setErrorHandler(answerFault);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: { code: "notFound", message: "There is no such path.", fields: [] } }),
  );
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    refuseForeignWrites(request);
  });
  catalogRoutes(app, shop);
  accountRoutes(app, shop);
  orderRoutes(app, shop);
  listRoutes(app, shop);
  app.post("/explain", shopRoute, (request) => {
    const account = customerOf(request, shop.accounts);
    return explain(shop.config, bodyFields(request), { customerId: account?.customerId ?? null });
  });
}

function pageRoutes(app: FastifyInstance, options: DemoShopOptions): void {
  const policy = contentSecurityPolicy(options.publicClienteleUrl ?? "");
  const folders: Readonly<Record<string, string>> = {
    products: join(options.dataDir, "images"),
    banners: join(options.dataDir, "banners"),
  };

  app.get("/media/:folder/:name", shopRoute, async (request, reply) => {
    const folder = folders[pathText(request, "folder")];
    if (
      folder === undefined ||
      !(await sendFile(request, reply, folder, pathText(request, "name"), "public, max-age=86400"))
    )
      throw notFound("The picture");
    return reply;
  });

  app.get("/assets/:name", shopRoute, async (request, reply) => {
    const name = pathText(request, "name");
    if (!(await sendFile(request, reply, join(options.dist, "assets"), name, "public, max-age=31536000, immutable")))
      throw notFound("The file");
    return reply;
  });

  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.headers({
      "content-security-policy": policy,
      "referrer-policy": "strict-origin-when-cross-origin",
      "x-frame-options": "SAMEORIGIN",
    });
    const name = pathText(request, "*");
    if (name.includes(".") && (await sendFile(request, reply, options.dist, name, "public, max-age=3600")))
      return reply;
    if (await sendFile(request, reply, options.dist, "index.html", "no-cache")) return reply;
    throw new ShopError(503, "notBuilt", "The shop's pages are not built yet: npm run build -w demo.");
  };
  app.get("/", shopRoute, page);
  app.get("/*", shopRoute, page);
}

/**
 * The demo shop: a small shop over the Luma catalog with its own catalog, accounts and orders, as a plugin that serves
 * `/shop`, `/shop/media` and `/shop/api`.
 *
 * What it acknowledges is on disk, and every back-office event reaches Clientele at least once, also when Clientele is
 * away or the process is killed in between.
 *
 * @throws when the Luma files are missing or the state file is damaged
 */
export function createDemoShop(options: DemoShopOptions): FastifyPluginAsync {
  return async (app) => {
    const now = options.now ?? Date.now;
    const storeView = options.storeView ?? "default";
    const [catalog, store] = await Promise.all([loadLuma(options.dataDir), openShopStore(options.stateDir)]);
    const { clienteleUrl, serverToken, writeKey, identitySecret } = options;
    const outbox = createOutbox({ store, clienteleUrl, serverToken, log: app.log, retryMs: options.retryMs ?? 1_000 });
    const access = { clienteleUrl, serverToken };
    const prices = createPriceDesk({ ...access, storeView, now });
    const till = createTill({ access, catalog, prices, storeView });
    const coupons = createCouponDesk({ ...access, storeView, log: app.log });
    const shop: Shop = {
      config: {
        clienteleUrl,
        publicClienteleUrl: options.publicClienteleUrl ?? "",
        writeKey,
        serverToken,
        identitySecret,
        storeView,
      },
      catalog,
      store,
      outbox,
      now,
      accounts: createAccounts({ store, now, storeView }),
      orders: createOrders({ store, catalog, till, coupons, now, storeView }),
      prices,
      till,
      codes: createCodeGuard(now),
      lists: createRequisitionLists({ store, catalog, prices, now }),
    };
    // Clientele may be this very server, which takes events only once it listens: a first refusal is tried again.
    app.addHook("onReady", async () => outbox.wake());
    app.addHook("onClose", async () => {
      await outbox.stop();
      await store.close();
    });
    await app.register(
      async (inner) => {
        inner.setErrorHandler(answerFault);
        // Text bodies would let a form of another site write.
        inner.removeAllContentTypeParsers();
        inner.addContentTypeParser(
          "application/json",
          { parseAs: "string", bodyLimit: bodyLimitBytes },
          inner.getDefaultJsonParser("error", "error"),
        );
        await inner.register(async (api) => apiRoutes(api, shop), { prefix: "/api" });
        pageRoutes(inner, options);
      },
      { prefix: "/shop" },
    );
  };
}
