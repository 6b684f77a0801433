import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { createDemoShop, type DemoShopOptions } from "../index.ts";

const dataDir = new URL("../../data/luma", import.meta.url).pathname;
export const identitySecret = "identity-secret-of-the-tests";

/** Another system that takes events over HTTP, as Clientele does; it can be told to fail. */
export type EventSink = {
  readonly url: string;
  readonly received: { readonly authorization: string | undefined; readonly event: Record<string, unknown> }[];
  answerWith(status: number, body?: object): void;
  /** How offers are answered; `null` is how a program without offers answers. */
  offerWith(evaluate: ((cart: AskedCart) => object) | null): void;
  close(): Promise<void>;
};

type AskedLine = { readonly id: string; readonly qty: number; readonly unitPrice?: { readonly minor: number } };
export type AskedCart = {
  readonly lines: readonly (AskedLine & { readonly children?: readonly AskedLine[] })[];
  readonly shipping?: { readonly rate: { readonly minor: number } };
  readonly couponCodes: readonly string[];
};

const usd = (minor: number) => ({ minor, currency: "USD" });

/** An answer of `POST /v1/offers/evaluate` in which the only offer frees shipping from 50 dollars on. */
export function freeShippingFrom50({ lines, shipping }: AskedCart, over: object = {}): object {
  const units = lines.flatMap((line) =>
    (line.children ?? [line]).map(({ id, unitPrice }) => ({ id, minor: (unitPrice?.minor ?? 0) * line.qty })),
  );
  const subtotal = units.reduce((sum, { minor }) => sum + minor, 0);
  const isFree = subtotal >= 5_000;
  return {
    lines: Object.fromEntries(units.map(({ id }) => [id, { discount: usd(0), byRule: {} }])),
    totals: {
      subtotal: usd(subtotal),
      itemDiscount: usd(0),
      shipping: usd(isFree ? 0 : (shipping?.rate.minor ?? 0)),
      shippingDiscount: usd(0),
    },
    applied: isFree ? ["ship"] : [],
    labels: isFree ? [{ rule: "ship", text: "Free shipping" }] : [],
    ...{ effects: [], coupons: {}, nearMisses: [], gifts: [] },
    ...over,
  };
}

export async function startEventSink(): Promise<EventSink> {
  const app = fastify();
  const received: EventSink["received"] = [];
  let answer: { status: number; body: object } = { status: 200, body: { accepted: 1, duplicates: 0, rejected: [] } };
  let evaluate: ((cart: AskedCart) => object) | null = freeShippingFrom50;
  app.post("/v1/offers/evaluate", async (request, reply) => {
    const { cart } = request.body as { cart: AskedCart };
    return evaluate ? evaluate(cart) : reply.code(503).send({});
  });
  app.post("/v1/offers/prices", async () => ({ items: [] }));
  app.post("/v1/coupons/:what", async () => ({}));
  app.post("/v1/events", async (request, reply) => {
    const { events } = request.body as { events: Record<string, unknown>[] };
    if (answer.status === 200)
      for (const event of events) received.push({ authorization: request.headers.authorization, event });
    return reply.code(answer.status).send(answer.body);
  });
  app.post("/v1/decide", async (request) => ({ asked: request.body, authorization: request.headers.authorization }));
  app.get("/v1/categories/*", async (request) => ({ url: request.url }));
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    url,
    received,
    answerWith: (status, body = { accepted: 1, duplicates: 0, rejected: [] }) => {
      answer = { status, body };
    },
    offerWith: (answerOf) => {
      evaluate = answerOf;
    },
    close: () => app.close(),
  };
}

export async function makeFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "demo-shop-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function startShop(
  stateDir: string,
  clienteleUrl: string,
  options: Partial<DemoShopOptions> = {},
): Promise<FastifyInstance> {
  const app = fastify();
  await writeFile(join(stateDir, "index.html"), "<!doctype html><title>Luma</title>");
  await app.register(
    createDemoShop({
      dataDir,
      stateDir,
      clienteleUrl,
      writeKey: "wk",
      serverToken: "server-token",
      identitySecret,
      dist: stateDir,
      retryMs: 20,
      ...options,
    }),
  );
  await app.ready();
  return app;
}

/** A browser that keeps its cookie. */
export function createBrowser(app: FastifyInstance) {
  let cookie = "";
  const send = async (method: "GET" | "POST" | "PUT", path: string, payload?: object) => {
    const response = await app.inject({
      method,
      url: `/shop/api${path}`,
      headers: cookie === "" ? {} : { cookie },
      ...(payload && { payload }),
    });
    const set = response.headers["set-cookie"];
    if (typeof set === "string") cookie = set.split(";")[0] ?? "";
    return { status: response.statusCode, body: response.json(), headers: response.headers };
  };
  return {
    get: (path: string) => send("GET", path),
    post: (path: string, payload: object = {}) => send("POST", path, payload),
    put: (path: string, payload: object) => send("PUT", path, payload),
  };
}

export const kim = { email: "kim@example.com", password: "correct horse", firstName: "Kim", lastName: "Lee" };

/** An order of one Joust Duffle Bag ($34.00) and two Chaz Kangeroo Hoodies ($52.00 each), shipped to California. */
export function anOrder(changes: object = {}) {
  return {
    checkoutId: "checkout-1",
    email: "guest@example.com",
    shippingMethod: "standard",
    paymentMethod: "check",
    lines: [
      { sku: "24-MB01", qty: 1 },
      { sku: "MH01-XS-Black", qty: 2 },
    ],
    address: {
      firstName: "Kim",
      lastName: "Lee",
      street: "1 Market St",
      city: "San Francisco",
      state: "CA",
      postcode: "94105",
    },
    ...changes,
  };
}
