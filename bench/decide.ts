// Decisions for 100,000 known visitors, 200 audiences, 60 blocks and 40 recommendation units over 20 placements; each call asks
// for five placements as any of the visitors, who is equally likely to be in memory or not. Run alone: clientele bench decide
import type { DefinitionFile } from "../src/definitions/index.ts";
import { against, type BenchOptions, type BenchRow, row } from "./bench-row.ts";
import { startHttpFloor } from "./floors/http-floor.ts";
import { type Deployment, prepareDeployment, type Server, startDeployment, untilCaughtUp } from "./lib/deployment.ts";
import { runLoad } from "./lib/load-process.ts";

const eventsEach = 4;
const audienceCount = 200;
const steadyPerSecond = 300;
const megabyte = 1024 ** 2;

const placements = Array.from({ length: 20 }, (_, index) => `page${Math.floor(index / 5)}.place${index % 5}`);
const common = { scope: { storeViews: null }, schedule: null, status: "live" } as const;

const categories = [
  "gear/bags",
  "men/tops-men",
  "women/tops-women",
  "women/bottoms-women",
  "gear/fitness-equipment",
  "men/bottoms-men",
];
const strategies = [
  "most-viewed",
  "recommended-for-you",
  "trending",
  "recently-viewed",
  "new-arrivals",
  "most-added-to-cart",
];

/** Rules as merchandisers write them: behaviour, cart, orders, searches, visits. */
function audienceRule(index: number): object {
  const step = Math.floor(index / 5);
  const window = { last: `${1 + (step % 30)}d` };
  switch (index % 5) {
    case 0: {
      const where = {
        attribute: { path: "product.category_ids", op: "in", value: [categories[step % categories.length]] },
      };
      return { items: { of: "viewed", measure: "count", op: "gte", value: 1 + (step % 4), where, window } };
    }
    case 1:
      return {
        all: [
          { items: { of: "cart", match: "some" } },
          { event: { name: "addToCart", window, count: { op: "gte", value: 1 + (step % 3) } } },
        ],
      };
    case 2:
      return {
        items: {
          of: "orders",
          measure: "amount",
          op: "gte",
          value: { minor: 1000 * (1 + step), currency: "USD" },
          window,
        },
      };
    case 3: {
      const where = {
        attribute: {
          path: "event.properties.searchQuery",
          op: "contains",
          value: ["yoga", "jacket", "gift", "hoodie"][step % 4],
        },
      };
      return { event: { name: "searchRequestSent", where, window } };
    }
    default:
      return {
        all: [
          { attribute: { path: "profile.first_seen_at", op: "within_last", value: `${1 + step}d` } },
          { items: { of: "orders", match: "none" } },
        ],
      };
  }
}

/** Three blocks (two for audiences, one for everybody) and two units on each placement. */
function decisionDefinitions(): readonly DefinitionFile[] {
  const audiences = Array.from({ length: audienceCount }, (_, index): DefinitionFile => {
    const body = { description: "", rule: audienceRule(index) };
    return { ...common, kind: "audience", key: `audience-${index}`, name: `Audience ${index}`, body };
  });
  const placed = placements.flatMap((placement, index): DefinitionFile[] => {
    const block = (place: number, members: readonly string[]): DefinitionFile => {
      const key = `block-${index}-${place}`;
      const html = `<a class="promo" href="/shop/category/gear"><img src="/shop/media/banners/${key}.webp" alt="Luma"><strong>Offer ${key}</strong></a>`;
      return {
        ...common,
        kind: "block",
        key,
        name: key,
        body: { placement, priority: 10 * place, audiences: members, html },
      };
    };
    const unit = (place: number): DefinitionFile => {
      const key = `unit-${index}-${place}`;
      const strategy = strategies[(index + place) % strategies.length];
      const body = {
        placement,
        priority: 10 * place,
        label: "For you",
        strategy,
        limit: 5,
        audiences: [`audience-${(index * 7 + place) % audienceCount}`],
      };
      return { ...common, kind: "unit", key, name: key, body };
    };
    const audience = (offset: number) => `audience-${(index * 10 + offset) % audienceCount}`;
    // On every other placement recommendations come first.
    const [first, second] = index % 2 === 0 ? [1, 2] : [3, 4];
    const [third, fourth] = index % 2 === 0 ? [3, 4] : [1, 2];
    return [
      block(first!, [audience(2), audience(7)]),
      block(second!, [audience(3)]),
      unit(third!),
      unit(fourth!),
      block(5, []),
    ];
  });
  return [...audiences, ...placed];
}

async function benchFloor(
  server: Server,
  deployment: Deployment,
  seconds: number,
): Promise<{ readonly perSecond: number; readonly bytes: number }> {
  const body = { identity: { anonymousId: "visitor-1" }, placements: placements.slice(0, 5) };
  const answer = JSON.stringify(await server.post("/v1/decide", body));
  const floor = await startHttpFloor("/v1/decide", answer);
  const load = await runLoad({
    kind: "same",
    path: "/v1/decide",
    body: JSON.stringify(body),
    key: deployment.writeKey,
    port: floor.port,
    connections: 32,
    seconds,
    perSecond: null,
  });
  floor.stop();
  return { perSecond: load.requests / load.seconds, bytes: answer.length };
}

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const visitors = options.quick ? 10_000 : 100_000;
  const seconds = options.seconds ?? (options.quick ? 5 : 30);
  const deployment = await prepareDeployment(decisionDefinitions());
  const { writeKey, shop } = deployment;
  try {
    const server = await startDeployment(deployment);
    try {
      const seeded = await runLoad({
        ...{ kind: "everybody" as const, shop, visitors, each: eventsEach },
        ...{ port: server.port, key: writeKey, connections: 4, seconds: 3_600, perSecond: null },
      });
      await untilCaughtUp(server, seeded.events);
      const decide = { kind: "decide" as const, port: server.port, key: writeKey, visitors, placements };
      // The just-in-time compiler and the cache get what a running server has had.
      await runLoad({ ...decide, connections: 8, seconds: Math.min(seconds, 10), perSecond: null, seed: 1 });
      const steady = await runLoad({ ...decide, connections: 32, seconds, perSecond: steadyPerSecond, seed: 2 });
      const most = await runLoad({ ...decide, connections: 16, seconds, perSecond: null, seed: 3 });
      const floor = await benchFloor(server, deployment, Math.min(seconds, 10));
      const perSecond = (most.requests - most.failed) / most.seconds;
      const world = `${visitors.toLocaleString("en")} profiles, ${audienceCount} audiences, ${placements.length * 5} definitions, 5 placements a call`;
      return [
        row(
          "decide.p99",
          steady.p99,
          "ms",
          "≤ 15",
          `at ${steadyPerSecond} requests/s, p50 ${steady.p50.toFixed(1)} ms; ${steady.failed} failed; ${world}`,
        ),
        against(
          row(
            "decide.most",
            perSecond,
            "requests/s",
            "≥ 2,500, ratio ≥ 0.12",
            `p99 ${most.p99.toFixed(1)} ms with 16 connections; ${most.failed} failed`,
          ),
          `a Fastify route with the same ${floor.bytes.toLocaleString("en")} bytes ${Math.round(floor.perSecond).toLocaleString("en")}/s`,
          perSecond / floor.perSecond,
        ),
        row("decide.memory", server.peakMemory() / megabyte, "MB", "", "largest resident memory, seeding included"),
      ];
    } finally {
      await server.stop();
    }
  } finally {
    deployment.remove();
  }
}
