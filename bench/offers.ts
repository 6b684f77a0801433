import { createApp } from "../src/app.ts";
import type * as Audiences from "../src/audiences/index.ts";
import type * as Catalog from "../src/catalog/index.ts";
import { readConfig } from "../src/config.ts";
import type { DefinitionFile, LiveDefinition } from "../src/definitions/index.ts";
import { createLogger, type JsonValue, type Money } from "../src/kernel/index.ts";
import type * as Answers from "../src/offers/cart-rules/answer.ts";
import type * as Offers from "../src/offers/index.ts";
import { aProduct } from "../src/testing/a-product.ts";
import { type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { openConnection, postText } from "./lib/connection.ts";
import { type Deployment, prepareDeployment, startDeployment } from "./lib/deployment.ts";
import { ascending, quantile } from "./lib/quantile.ts";

// Carts by cart price rules: a cart of 20 lines among 7,000 stored rules, 2,000 of them with a code, as a shop of 5 websites and 4
// customer groups has them; and 50 lines by 200 rules that all are looked at. Run alone: clientele bench offers

type CartRuleBody = Offers.CartRuleBody;
type CartRules = ReturnType<typeof Offers.createCartRules>;

/** The build, as it is deployed: what runs benchmarks from sources gives every closure a name, which costs more than a rule does. */
async function built(dist: URL) {
  const load = (path: string) => import(new URL(path, dist).href);
  // The modules that these types were compiled from.
  const { createAudienceRules } = (await load("audiences/index.js")) as typeof Audiences;
  const { createCatalogMemory } = (await load("catalog/index.js")) as typeof Catalog;
  const { createCartRules } = (await load("offers/index.js")) as typeof Offers;
  const { answerOf } = (await load("offers/cart-rules/answer.js")) as typeof Answers;
  return { createAudienceRules, createCatalogMemory, createCartRules, answerOf };
}

type Built = Awaited<ReturnType<typeof built>>;

const storedRules = 7_000;
const codeRules = 2_000;
const brands = 40;
const categories = 30;
const websites = ["base", "eu", "us", "uk", "ap"];
const groups = ["not_logged_in", "general", "wholesale", "retailer"];
const usd = (minor: number): Money => ({ minor, currency: "USD" });
const leaf = (path: string, op: string, value: JsonValue): JsonValue => ({ attribute: { path, op, value } });
const noon = Date.parse("2026-03-10T12:00:00Z");

const actions: readonly CartRuleBody["action"][] = [
  { type: "percent", percent: "5" },
  { type: "fixed", amounts: [usd(100)] },
  { type: "cart_fixed", amounts: [usd(500)] },
  { type: "buy_x_get_y", buy: 3, get: 1 },
  { type: "percent", percent: "7.5", maxQty: 2 },
];

function targetsOf(at: number): JsonValue | undefined {
  if (at % 4 === 0) return undefined;
  if (at % 4 === 1) return leaf("product.brand", "eq", `Brand ${at % brands}`);
  if (at % 4 === 2) return leaf("product.category_ids", "contains", `c${at % categories}`);
  return {
    all: [
      leaf("product.brand", "in", [`Brand ${at % brands}`, `Brand ${(at * 7) % brands}`]),
      leaf("product.price", "gt", usd(1_200)),
    ],
  };
}

/** Half of the rules hold for the cart. */
function conditionsOf(at: number): JsonValue | undefined {
  if (at % 5 === 0) return undefined;
  if (at % 5 < 3) return leaf("cart.subtotal", "gte", usd(at % 2 === 0 ? 5_000 : 100_000_000));
  return { all: [leaf("cart.country", "eq", at % 2 === 0 ? "US" : "DE"), leaf("cart.total_qty", "gte", 3)] };
}

function bodyOf(at: number): CartRuleBody {
  const [conditions, targets] = [conditionsOf(at), targetsOf(at)];
  return {
    priority: at % 50,
    action: actions[at % actions.length] ?? { type: "percent", percent: "1" },
    ...(conditions === undefined ? {} : { conditions }),
    ...(targets === undefined ? {} : { targets }),
  };
}

/** Of a shop over the years: for one website, one or two groups, and three in four for days that are over or to come. */
function storedBody(at: number): CartRuleBody {
  const body = bodyOf(at);
  const mixed = Math.imul(at, 2_654_435_761) >>> 0;
  const days = [{ to: "2026-01-31" }, { from: "2027-02-01" }, { from: "2025-02-01", to: "2025-03-01" }, {}][
    (mixed >>> 20) % 4
  ];
  return {
    ...{ ...body, ...days, websites: [websites[(mixed >>> 4) % 5] ?? "base"] },
    customerGroups: [groups[(mixed >>> 8) % 4] ?? "general", groups[(mixed >>> 12) % 4] ?? "general"],
    ...(at < codeRules ? { coupon: { type: "specific", code: `CODE-${at}` } } : {}),
  };
}

function liveOf(body: CartRuleBody, at: number): LiveDefinition<CartRuleBody> {
  return {
    ...{ id: String(at).padStart(8, "0"), kind: "cart-price-rule", key: `rule-${at}`, name: `Rule ${at}`, version: 1 },
    ...{ updatedAt: 0, scope: { storeViews: null }, schedule: null, window: { fromMs: null, toMs: null }, body },
  };
}

function productsOf(count: number) {
  return Array.from({ length: count }, (_, at) =>
    aProduct(`SKU-${at}`, {
      ...{
        name: `Item ${at}`,
        brand: `Brand ${at % brands}`,
        price: usd(999 + at * 50),
        finalPrice: usd(999 + at * 50),
      },
      categories: [`c${at % categories}`, `c${(at * 7) % categories}/s${at}`],
    }),
  );
}

function cartOf(lines: number) {
  return {
    currency: "USD",
    shipping: { pricing: "per_order" as const, rate: 500n, country: "US" },
    lines: Array.from({ length: lines }, (_, at) => ({
      // As the reader of carts makes them: a spread copy that grows is slow to make and to read (decision 18).
      id: String(at + 1),
      sku: `SKU-${at}`,
      qty: BigInt(1 + (at % 4)) * 1_000_000n,
      price: BigInt(999 + at * 50) * 1_000_000n,
    })),
  };
}

function shopOf({ createAudienceRules, createCatalogMemory, createCartRules }: Built, bodies: readonly CartRuleBody[]) {
  const catalog = createCatalogMemory();
  catalog.apply({ version: 1, upserted: productsOf(60) });
  const rules = createAudienceRules({ catalog, config: { timezone: "UTC" } });
  let live = bodies.map(liveOf);
  const cartRules = createCartRules({
    ...{ live: () => live, rules, rateOf: undefined, websiteOf: () => "base" },
  });
  return {
    cartRules,
    /** As the definitions do it: a new list with one new object. */
    edit: (): void => {
      live = live.map((each, at) => (at === 0 ? { ...each, version: each.version + 1 } : each));
    },
  };
}

function callOf(lines: number, couponCodes: readonly string[], explain = false) {
  const shopper = { profileId: null, customerId: null, customerGroup: "general", storeView: "default", subject: {} };
  return { cart: cartOf(lines), couponCodes, shopper, nowMs: noon, explain };
}

type Times = { readonly p99: number; readonly mean: number };

async function timesOf(work: () => Promise<unknown>, minMs: number): Promise<Times> {
  const until = (ms: number) => performance.now() + ms;
  for (const end = until(minMs / 2); performance.now() < end; ) await work();
  const times: number[] = [];
  for (const end = until(minMs); performance.now() < end; ) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  const mean = times.reduce((sum, each) => sum + each, 0) / times.length;
  return { p99: quantile(ascending(times), 0.99), mean };
}

const codes = ["code-12", "CODE-900", "CODE-1999"];

async function inEngine(minMs: number, dist: URL): Promise<readonly BenchRow[]> {
  const code = await built(dist);
  const shop = shopOf(
    code,
    Array.from({ length: storedRules }, (_, at) => storedBody(at)),
  );
  const { cartRules } = shop;
  const coldAt = performance.now();
  const first = await cartRules.evaluate(callOf(20, codes));
  const coldMs = performance.now() - coldAt;
  await cartRules.warm();
  const evaluate = (rules: CartRules, lines: number, explain: boolean) =>
    rules.evaluate(callOf(lines, rules === cartRules ? codes : [], explain));
  const timesWith = (rules: CartRules, lines: number) => timesOf(() => evaluate(rules, lines, false), minMs);
  /** With the answer: most of an explanation is worked out when it is written. @returns how many times as long it takes explained */
  const explaining = async (rules: CartRules, lines: number): Promise<number> => {
    const answered = (explain: boolean) =>
      timesOf(async () => {
        const evaluation = await evaluate(rules, lines, explain);
        code.answerOf(evaluation, { storeView: "default", isTrusted: true, version: "", explain });
      }, minMs);
    const [without, explained] = [await answered(false), await answered(true)];
    return explained.mean / without.mean;
  };
  const plain = await timesWith(cartRules, 20);
  const explained = await explaining(cartRules, 20);
  shop.edit();
  const editedAt = performance.now();
  await cartRules.evaluate(callOf(20, codes));
  const editedMs = performance.now() - editedAt;
  const many = shopOf(
    code,
    Array.from({ length: 200 }, (_, at) => bodyOf(at)),
  ).cartRules;
  const wide = await timesWith(many, 50);
  const wideExplained = await explaining(many, 50);
  const looked = `${first.verdicts.length} rules are looked at`;
  return [
    row("20 lines, 7,000 rules, 2,000 codes, p99", plain.p99, "ms", "≤ 2", looked),
    row("the same, evaluations", 1_000 / plain.mean, "/s", "≥ 5,000", "one core"),
    row("the same with explain and its answer, beside without", explained, "times", "≤ 3"),
    row("50 lines by 200 rules, p99", wide.p99, "ms", "≤ 20", `${(wide.mean * 1_000).toFixed(0)} µs on average`),
    row("50 lines by 200 rules with explain and its answer, beside without", wideExplained, "times", "≤ 3"),
    row("first cart with nothing compiled", coldMs, "ms"),
    row("first cart after one of 7,000 rules was edited", editedMs, "ms"),
  ];
}

function fileOf(body: CartRuleBody, at: number): DefinitionFile {
  return {
    ...{ kind: "cart-price-rule", key: `rule-${at}`, name: `Rule ${at}`, status: "live", schedule: null },
    ...{ scope: { storeViews: null }, body: body as unknown as JsonValue },
  } as DefinitionFile;
}

/** As many as one import takes. */
const importSize = 3_500;

async function importRest(deployment: Deployment, files: readonly DefinitionFile[]): Promise<void> {
  const app = await createApp({
    config: readConfig({}, { dataDir: deployment.dataDir, roles: [] }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  try {
    const caller = { actor: "bench", via: "cli", storeViews: null } as const;
    await app.definitions.importDefinitions(files, { caller, publish: true });
  } finally {
    await app.close();
  }
}

async function overHttp(minMs: number, rules: number): Promise<readonly BenchRow[]> {
  const files = Array.from({ length: rules }, (_, at) => fileOf(storedBody(at), at));
  const deployment = await prepareDeployment(files.slice(0, importSize));
  try {
    if (rules > importSize) await importRest(deployment, files.slice(importSize));
    const server = await startDeployment(deployment);
    const connection = await openConnection(server.port);
    try {
      const lines = deployment.shop.skus.slice(0, 20).map((sku, at) => {
        return { sku, qty: 1 + (at % 4), unitPrice: usd(999 + at * 50) };
      });
      const cart = { currency: "USD", lines, couponCodes: codes, shipping: { rate: usd(500), country: "US" } };
      const customer = { group: "general" };
      const text = postText("/v1/offers/evaluate", deployment.token, JSON.stringify({ cart, customer }));
      const times = await timesOf(async () => {
        const { status, body } = await connection.send(text);
        if (status !== 200) throw new Error(`the server answered ${status}: ${body.toString("utf8").slice(0, 500)}`);
      }, minMs);
      return [
        row("the same over HTTP, p99", times.p99, "ms", "≤ 20", "one connection, codes looked up in the database"),
        row("the same over HTTP, requests", 1_000 / times.mean, "/s"),
      ];
    } finally {
      connection.close();
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}

export async function run({ quick }: Pick<BenchOptions, "quick">): Promise<readonly BenchRow[]> {
  const minMs = quick ? 300 : 3_000;
  return [
    ...(await inEngine(minMs, new URL("../dist/", import.meta.url))),
    ...(await overHttp(minMs * 2, quick ? 700 : storedRules)),
  ];
}
