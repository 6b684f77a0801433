// From events and a catalog to vectors that serve, on real engines; the learning in its worker thread.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CatalogChange, createCatalogMemory } from "../catalog/index.ts";
import { createFixedClock, createLogger, createRandom } from "../kernel/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { cosineOf, createVectors, type Vectors } from "./index.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const nowMs = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000;
const clock = createFixedClock(nowMs);
const minute = 60_000;

const kinds = ["sofa", "lamp"].map((name) => ({
  name,
  words: Array.from({ length: 8 }, (_, at) => `${name[0]}word${String.fromCharCode(97 + at)}`.replace(/[^a-z]/g, "z")),
}));

/** 60 sofas, of which six are named couch instead, and 60 lamps. */
function products() {
  const random = createRandom(3);
  return Array.from({ length: 120 }, (_, at) => {
    const kind = kinds[at % 2]!;
    const word = at % 20 === 0 ? "couch" : kind.name;
    const description = kind.words.filter(() => random() < 0.7).join(" ");
    return aProduct(`p${at}`, { name: `${word} model`, description, categories: [`home/${kind.name}`] });
  });
}

const catalog = (() => {
  const memory = createCatalogMemory();
  const handlers = new Set<(change: CatalogChange) => void>();
  return {
    current: memory.current,
    onChange: (handler: (change: CatalogChange) => void) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    apply: (update: Parameters<typeof memory.apply>[0]) => {
      const change = memory.apply(update);
      for (const handler of handlers) handler(change);
    },
  };
})();

let engines: TestEngines;
let vectors: Vectors;
const open = () =>
  createVectors({
    ...{ postgres: engines.postgres, clickhouse: engines.clickhouse, catalog, clock },
    logger: createLogger("silent"),
  });

type Act = {
  readonly who: string;
  readonly at: number;
  readonly type: string;
  readonly sku?: string;
  readonly q?: string;
};

async function send(acts: readonly Act[]): Promise<void> {
  await engines.clickhouse.insert(
    "events",
    acts.map(({ who, at, type, sku, q = "" }, number) => ({
      ...{
        event_id: `e${number}-${who}`,
        source_id: "s",
        source_kind: "native",
        event_type: type,
        original_name: type,
      },
      ...{ ts: nowMs - at * minute, received_at: nowMs, identity_key: who, identifiers: [who], session_id: who },
      ...{ skus: sku === undefined ? [] : [sku], search_query: q, store_view: "default" },
    })),
  );
}

/** Visits that stay with sofas or with lamps, and what some of them typed. */
function visits(): readonly Act[] {
  const random = createRandom(9);
  const acts: Act[] = [];
  for (let visit = 0; visit < 400; visit += 1) {
    const who = `anonymous_id:v${visit}`;
    const start = 200 + Math.floor(random() * 10_000);
    const any = () => `p${2 * Math.floor(random() * 50) + (visit % 2)}`;
    for (let view = 0; view < 5; view += 1) acts.push({ who, at: start - view, type: "productPageView", sku: any() });
    if (visit % 5 === 0) acts.push({ who, at: start - 6, type: "orderPlaced", sku: any() });
  }
  // Nothing is called a settee here; four people typed it, then found what they wanted under another word.
  for (let person = 0; person < 4; person += 1) {
    const who = `anonymous_id:s${person}`;
    acts.push({ who, at: 30, type: "searchRequestSent", q: "  Settee " });
    acts.push({ who, at: 29, type: "searchRequestSent", q: "sofa" });
    acts.push({ who, at: 28, type: "productPageView", sku: "p0" }, { who, at: 27, type: "addToCart", sku: "p4" });
  }
  // One person's own words stay theirs.
  for (const at of [50, 51, 52]) {
    acts.push({ who: "anonymous_id:one", at: at + 1, type: "searchRequestSent", q: "my secret lamp name" });
    acts.push({ who: "anonymous_id:one", at, type: "productPageView", sku: "p1" });
  }
  return acts;
}

const isSofa = (sku: string) => Number(sku.slice(1)) % 2 === 0;

beforeAll(async () => {
  engines = await openTestEngines(["models", "measurement"]);
  catalog.apply({ version: 1, upserted: products() });
  vectors = open();
});
afterAll(async () => {
  await vectors.stop();
  await engines.close();
});

describe("before anything was learned", () => {
  it("nothing is known of a query or a product", async () => {
    await vectors.refresh();
    expect(vectors.version()).toBeNull();
    expect(vectors.nearest("sofa", 10)).toBeUndefined();
    expect(vectors.ofItem("p1")).toEqual({ text: undefined, behaviour: undefined });
    expect(vectors.ofQuery("sofa")).toEqual({ text: undefined, behaviour: undefined });
  });
});

describe("after a learning", () => {
  beforeAll(async () => {
    await send(visits());
    await vectors.runDue();
  });

  it("a word finds products that are named by another word", () => {
    const near = vectors.nearest("couch", 60) ?? [];
    expect(near.length).toBeGreaterThan(25);
    expect(near.every(({ sku, cosine }) => isSofa(sku) && cosine >= 0.6)).toBe(true);
    expect(near.filter(({ sku }) => Number(sku.slice(1)) % 20 !== 0).length).toBeGreaterThan(20);
    expect(near.map(({ cosine }) => cosine)).toEqual(near.map(({ cosine }) => cosine).sort((a, b) => b - a));
  });

  it("a word of no product finds what people looked at after they had typed it", () => {
    expect((vectors.nearest("settee", 5) ?? []).every(({ sku }) => isSofa(sku))).toBe(true);
    expect(vectors.nearest(" SETTEE ", 5)).toHaveLength(5);
  });

  it("nonsense finds nothing", () => {
    for (const query of ["", "xyzzy", "banana bread", "p1", "__proto__", "🦄", "a".repeat(10_000)])
      expect(vectors.nearest(query, 5)).toBeUndefined();
  });

  it("what one person typed is not kept", async () => {
    const { rows } = await engines.postgres.query<{ text: string }>(
      "select v.artefact->>'queries' as text from model_versions v where v.model_key = 'vectors'",
    );
    expect(rows[0]?.text).toContain("settee");
    expect(rows[0]?.text).not.toContain("secret");
  });

  it("products that the same visits look at lie nearer to each other than to the rest", () => {
    const seen = vectors.meanOf(["p2", "p6", "p10", "unknown"]);
    const to = (sku: string) => cosineOf(seen, vectors.ofItem(sku).behaviour) ?? Number.NaN;
    expect(Math.min(to("p14"), to("p18"))).toBeGreaterThan(Math.max(to("p1"), to("p3")) + 0.2);
    expect(vectors.meanOf(["unknown"])).toBeUndefined();
    expect(vectors.textCosine("p2", "p6")).toBeGreaterThan(vectors.textCosine("p2", "p1")!);
  });

  it("a product that nobody has looked at stands among those like it", () => {
    // p110 is a sofa; the visits stop at p99.
    const to = (sku: string) => cosineOf(vectors.ofItem("p110").behaviour, vectors.ofItem(sku).behaviour)!;
    expect(to("p14")).toBeGreaterThan(to("p1") + 0.2);
  });

  it("a new product is found at once, a changed one by its new words, a deleted one no more", async () => {
    const sofa = { description: kinds[0]!.words.slice(0, 6).join(" "), categories: ["home/sofa"] };
    catalog.apply({ version: 2, upserted: [aProduct("n1", { ...sofa, name: "couch new" })] });
    catalog.apply({
      ...{ version: 3, upserted: [aProduct("p1", { ...sofa, name: "couch now" })], deleted: ["p0"] },
    });
    await vectors.settled();
    const found = new Set((vectors.nearest("couch", 200) ?? []).map(({ sku }) => sku));
    expect([found.has("n1"), found.has("p1"), found.has("p0")]).toEqual([true, true, false]);
    expect(cosineOf(vectors.ofItem("n1").behaviour, vectors.ofItem("p14").behaviour)).toBeGreaterThan(0.5);
  });

  it("another process loads the same, and nobody learns again on the same day", async () => {
    const other = open();
    await other.runDue();
    expect(other.version()).toBeNull();
    await other.refresh();
    expect(other.version()).toBe(1);
    expect(other.nearest("couch", 5)).toEqual(vectors.nearest("couch", 5));
    await other.stop();
  });

  it("the next day's learning takes the place of this one's", async () => {
    clock.advance(25 * 60 * minute);
    await vectors.runDue();
    expect(vectors.version()).toBe(2);
    expect(vectors.nearest("couch", 5)).toHaveLength(5);
  });
});
