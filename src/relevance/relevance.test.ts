import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const products = [
    { sku: "tent-2", name: "Two person tent", description: "Light tent for two" },
    { sku: "tent-4", name: "Family tent", description: "A tent with room for four" },
    { sku: "pegs", name: "Tent pegs", description: "Steel" },
    { sku: "stove", name: "Camping stove", description: "Gas" },
  ];
  const answer = await app.call(
    "PUT",
    "/v1/catalog/products",
    products.map((product) => ({ ...product, price: "10.00", currency: "USD", categories: ["camping"] })),
  );
  expect(answer.status).toBe(200);
  await app.search.settled();
}, 60_000);
afterAll(() => app.close());

const asCsv = { authorization: `Bearer ${demoCredentials.token}`, "content-type": "text/csv" };
const sets = "/v1/relevance/sets";
let count = 0;
async function aSet(judgements: readonly object[] = []): Promise<string> {
  count += 1;
  const key = `set-${count}`;
  expect((await app.call("POST", sets, { key, name: `Set ${count}` })).status).toBe(201);
  if (judgements.length > 0)
    expect((await app.call("PUT", `${sets}/${key}/judgements`, { judgements })).status).toBe(200);
  return key;
}
const tents = [
  { query: "tent", sku: "tent-2", grade: 3 },
  { query: "tent", sku: "tent-4", grade: 2 },
  { query: "tent", sku: "pegs", grade: 0 },
];

describe("query sets", () => {
  it("keeps the last judgement of a product, whatever the spelling of the query", async () => {
    const key = await aSet([...tents, { query: " TENT ", sku: "pegs", grade: 1 }]);
    expect((await app.call("GET", `${sets}/${key}/judgements?query=Tent`)).body["items"]).toEqual([
      { query: "TENT", sku: "pegs", grade: 1 },
      { query: "tent", sku: "tent-2", grade: 3 },
      { query: "tent", sku: "tent-4", grade: 2 },
    ]);
    expect((await app.call("GET", `${sets}/${key}/queries`)).body["items"]).toEqual([
      { query: "tent", judgements: 3, relevant: 3 },
    ]);
    await app.call("PUT", `${sets}/${key}/judgements`, { judgements: [{ query: "tent", sku: "pegs", grade: null }] });
    expect((await app.call("GET", `${sets}/${key}/queries`)).body["items"]).toMatchObject([{ judgements: 2 }]);
  });

  it("goes out as CSV and comes back", async () => {
    const key = await aSet([...tents, { query: 'a "quoted", one', sku: "stove", grade: 1 }]);
    const csv = (await app.call("GET", `${sets}/${key}/judgements.csv`)).body["text"] as string;
    expect(csv.split("\r\n")[1]).toBe('"a ""quoted"", one",stove,1');
    const copy = await aSet();
    const answer = await app.call("POST", `${sets}/${copy}/import`, csv, asCsv);
    expect(answer.body).toMatchObject({ queries: 2, judgements: 4 });
  });

  it("refuses a faulty file as a whole, and says where", async () => {
    const key = await aSet();
    const csv = "query,sku,grade\ntent,tent-2,3\ntent,,3\ntent,pegs,9\n";
    const answer = await app.call("POST", `${sets}/${key}/import`, csv, asCsv);
    expect(answer).toMatchObject({ status: 422, body: { error: { code: "relevance.invalid" } } });
    expect(JSON.stringify(answer.body)).toContain("line 3");
    expect(JSON.stringify(answer.body)).toContain("line 4");
    expect((await app.call("GET", `${sets}/${key}/queries`)).body["items"]).toEqual([]);
  });

  it("refuses what cannot be", async () => {
    const key = await aSet();
    expect((await app.call("POST", sets, { key, name: "again" })).body).toMatchObject({
      error: { code: "relevance.exists" },
    });
    expect((await app.call("POST", sets, { key: "../x", name: "bad key" })).status).toBe(400);
    expect((await app.call("GET", `${sets}/nothing/queries`)).body).toMatchObject({
      error: { code: "relevance.unknownSet" },
    });
    const judge = (judgements: readonly object[]) => app.call("PUT", `${sets}/${key}/judgements`, { judgements });
    expect((await judge([{ query: "tent", sku: "tent-2", grade: 4 }])).status).toBe(400);
    expect((await judge([{ query: "", sku: "tent-2", grade: 1 }])).status).toBe(400);
    const many = Array.from({ length: 1_001 }, (_, at) => ({ query: `q${at}`, sku: "tent-2", grade: 1 }));
    expect((await judge(many)).body).toMatchObject({ error: { code: "relevance.tooMany" } });
    expect((await app.call("POST", `${sets}/${key}/compare`, {})).body).toMatchObject({
      error: { code: "relevance.nothingJudged" },
    });
    await app.call("PUT", `${sets}/${key}`, { name: "Renamed" });
    expect((await app.call("GET", sets)).body["items"]).toContainEqual(
      expect.objectContaining({ key, name: "Renamed", judgements: 0 }),
    );
    expect((await app.call("DELETE", `${sets}/${key}`)).status).toBe(204);
    expect((await app.call("DELETE", `${sets}/${key}`)).status).toBe(404);
  });
});

describe("measuring", () => {
  it("shows an answer with its grades, and what is missing from it", async () => {
    const key = await aSet([...tents, { query: "tent", sku: "stove", grade: 1 }]);
    const { body } = await app.call("POST", `${sets}/${key}/look`, { query: "tent" });
    const items = body["items"] as { sku: string; grade: number | null }[];
    expect(new Map(items.map(({ sku, grade }) => [sku, grade]))).toEqual(
      new Map([
        ["tent-2", 3],
        ["tent-4", 2],
        ["pegs", 0],
      ]),
    );
    expect(body["missing"]).toEqual([{ query: "tent", sku: "stove", grade: 1 }]);
  });

  it("tells a better setting from a worse one before shoppers see either", async () => {
    const key = await aSet([
      { query: "family tent", sku: "tent-4", grade: 3 },
      { query: "two person tent", sku: "tent-2", grade: 3 },
      { query: "camping stove", sku: "stove", grade: 3 },
    ]);
    // What every query names last is buried: a rule that nobody should publish.
    const events = ["tent-4", "tent-2", "stove"].map((sku) => ({ action: "hide", sku }));
    const draft = { kind: "search-rule", id: "try", body: { events } };
    const { status, body } = await app.call("POST", `${sets}/${key}/compare`, { b: { draft } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ a: { ndcg: 1 }, b: { ndcg: 0 }, difference: { mean: -1, interval: [-1, -1] } });
    expect(
      (await app.call("POST", `${sets}/${key}/compare`, { b: { draft: { ...draft, kind: "dance" } } })).body,
    ).toMatchObject({ error: { code: "merchandising.badDraft" } });
  });

  it("gives the NDCG of the live search, keeps it, and finds no difference between alike settings", async () => {
    const key = await aSet([...tents, { query: "stove", sku: "stove", grade: 3 }]);
    const compared = (await app.call("POST", `${sets}/${key}/compare`, { cutoff: 10 })).body as {
      a: { ndcg: number; queries: { query: string; skus: string[]; ndcg: number }[] };
      b: { ndcg: number };
      difference: { mean: number; p: number };
    };
    expect(compared.difference).toMatchObject({ mean: 0, p: 1 });
    const tent = compared.a.queries.find(({ query }) => query === "tent");
    const gains = (tent?.skus ?? []).map(
      (sku, at) => (tents.find((one) => one.sku === sku)?.grade ?? 0) / 3 / Math.log2(at + 2),
    );
    expect(tent?.ndcg).toBeCloseTo(gains.reduce((sum, gain) => sum + gain, 0) / (1 + 2 / 3 / Math.log2(3)), 10);
    const run = await app.call("POST", `${sets}/${key}/runs`, {});
    expect(run).toMatchObject({ status: 201, body: { queries: 2, zeroResultShare: 0, judgedShare: 1 } });
    expect(run.body["ndcg"]).toBeCloseTo(compared.a.ndcg, 12);
    expect((await app.call("GET", `${sets}/${key}/runs`)).body["items"]).toMatchObject([{ id: run.body["id"] }]);
  });
});
