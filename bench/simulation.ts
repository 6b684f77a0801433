import { createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import type { DefinitionFile } from "../src/definitions/index.ts";
import { createLogger, type JsonValue } from "../src/kernel/index.ts";
import { type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { postText } from "./lib/connection.ts";
import { type Deployment, prepareDeployment, type Server, startDeployment, untilCaughtUp } from "./lib/deployment.ts";
import { drive } from "./lib/drive.ts";

// A simulation of 50,000 orders by 200 live cart price rules and a draft, while the server answers carts. Run alone:
// clientele bench simulation

const ruleCount = 200;
const batchSize = 500;
const usd = (minor: number) => ({ minor, currency: "USD" });
const leaf = (path: string, op: string, value: JsonValue): JsonValue => ({ attribute: { path, op, value } });

/** A third ask who the shopper is, a third what the cart comes to, a third name products. */
function ruleFile(at: number, skus: readonly string[]): DefinitionFile {
  const conditions = [
    leaf("profile.orders_count", "gte", at % 4),
    leaf("cart.subtotal", "gte", usd(2_000 + at * 100)),
    undefined,
  ][at % 3];
  const targets = at % 3 === 2 ? leaf("item.sku", "in", skus.slice(at, at + 20)) : undefined;
  const body = {
    ...{ priority: at, action: { type: "percent", percent: "1" } },
    ...(conditions === undefined ? {} : { conditions }),
    ...(targets === undefined ? {} : { targets }),
  };
  return {
    ...{ kind: "cart-price-rule", key: `rule-${at}`, name: `Rule ${at}`, status: "live", schedule: null },
    ...{ scope: { storeViews: null }, body: body as unknown as JsonValue },
  } as DefinitionFile;
}

function orderEvent(at: number, skus: readonly string[]): object {
  const skuAt = (line: number) => skus[(at * 7 + line * 13) % skus.length] ?? "";
  const items = Array.from({ length: 1 + (at % 5) }, (_, line) => {
    const unitPrice = usd(999 + ((at + line) % 50) * 100);
    return { sku: skuAt(line), name: `Item ${line}`, qty: 1 + (line % 3), unitPrice };
  });
  return {
    ...{ type: "orderPlaced", messageId: `order-${at}`, customerId: `customer-${at % 20_000}` },
    timestamp: new Date(Date.now() - 3_600_000 - at * 40_000).toISOString(),
    properties: {
      ...{ orderId: `${at}`, orderTotal: usd(5_000), shipping: usd(500), items },
      shippingAddress: { country: "US", state: "TX", postalCode: "78701" },
    },
  };
}

/** A token that may send events and start simulations. */
async function editToken({ dataDir }: Deployment): Promise<string> {
  const config = readConfig({}, { dataDir, roles: [] });
  const app = await createApp({ config, logger: createLogger("warn"), withoutJobs: true });
  try {
    const key = { kind: "token", name: "bench", scopes: ["read", "edit"] } as const;
    return (await app.access.createKey(key, { actor: "bench", via: "cli" })).key;
  } finally {
    await app.close();
  }
}

type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

async function sendOrders(call: Call, orders: number, skus: readonly string[]): Promise<void> {
  for (let start = 0; start < orders; start += batchSize)
    await call("POST", "/v1/events", {
      events: Array.from({ length: Math.min(batchSize, orders - start) }, (_, at) => orderEvent(start + at, skus)),
    });
}

/** Starts a simulation and waits for its end. @returns seconds */
async function simulate(call: Call, orders: number): Promise<number> {
  const startedAt = performance.now();
  const change = { key: "draft", body: { priority: 0, action: { type: "percent", percent: "10" } } };
  const { id } = await call("POST", "/v1/offers/simulations", { changes: [change], orders });
  for (;;) {
    const { status, result } = await call("GET", `/v1/offers/simulations/${String(id)}`);
    if (status === "done") {
      const { orders: replayed } = result as { orders: number };
      if (replayed !== orders) throw new Error(`${replayed} of ${orders} orders were replayed`);
      return (performance.now() - startedAt) / 1_000;
    }
    if (status !== "running") throw new Error(`the simulation ended as ${String(status)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function cartCalls(deployment: Deployment, server: Server, seconds: number) {
  const lines = deployment.shop.skus.slice(0, 5).map((sku, at) => ({ sku, qty: 1 + at, unitPrice: usd(999) }));
  const text = postText("/v1/offers/evaluate", deployment.token, JSON.stringify({ cart: { currency: "USD", lines } }));
  return drive(() => text, { port: server.port, connections: 4, seconds, perSecond: 50 });
}

export async function run({ quick }: Pick<BenchOptions, "quick">): Promise<readonly BenchRow[]> {
  const orders = quick ? 5_000 : 50_000;
  const deployment = await prepareDeployment([]);
  try {
    const { skus } = deployment.shop;
    const token = await editToken(deployment);
    const config = readConfig({}, { dataDir: deployment.dataDir, roles: [] });
    const app = await createApp({ config, logger: createLogger("warn"), withoutJobs: true });
    const files = Array.from({ length: ruleCount }, (_, at) => ruleFile(at, skus));
    const caller = { actor: "bench", via: "cli", storeViews: null } as const;
    await app.definitions.importDefinitions(files, { caller, publish: true }).finally(app.close);
    const server = await startDeployment(deployment);
    const call: Call = async (method, path, body) => {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const read = (await answer.json()) as Record<string, unknown>;
      if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(read)}`);
      return read;
    };
    try {
      await sendOrders(call, orders, skus);
      await untilCaughtUp(server, orders);
      const idle = await cartCalls(deployment, server, quick ? 2 : 8);
      const before = server.peakMemory();
      const alone = await simulate(call, orders);
      const [busy, beside] = await Promise.all([
        cartCalls(deployment, server, quick ? 3 : Math.max(5, alone)),
        simulate(call, orders),
      ]);
      if (idle.failed + busy.failed > 0) throw new Error("carts were refused");
      return [
        row(`${orders} orders by ${ruleCount} rules and a draft`, alone, "s", "≤ 60"),
        row("the same while carts are answered", beside, "s"),
        row("carts at 50 a second without a simulation, p99", idle.p99, "ms"),
        row(
          "the same during one, p99",
          busy.p99,
          "ms",
          "≤ 50",
          `p50 ${busy.p50.toFixed(1)}, max ${busy.max.toFixed(0)}`,
        ),
        row("memory that simulations added to the peak", (server.peakMemory() - before) / 2 ** 20, "MB", "≤ 400"),
      ];
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}
