// Warnings over published price rules, as a merchandiser gets them: by GET /v1/offers/conflicts.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import type { RuleWarning } from "./rule-warning.ts";

const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
let app: TestApp;
const usd = (minor: number) => ({ minor, currency: "USD" });
const percent = (value: string) => ({ type: "percent", percent: value });
const off = (value: string) => ({ type: "by_percent", percent: value });
const of = (path: string, op: string, value?: unknown) => ({
  attribute: { path, op, ...(value === undefined ? {} : { value }) },
});
const brand = (value: string) => of("product.brand", "eq", value);
const subtotal = (op: string, minor: number) => of("cart.subtotal", op, usd(minor));

const publish = (key: string, body: object, kind = "cart-price-rule") => app.publish(kind, key, body);

type Answer = {
  state: string;
  computedAt: string | null;
  products: number;
  total: number;
  problems: number;
  items: RuleWarning[];
  nextCursor?: string;
};
const ask = async (query = "limit=200") =>
  (await app.call("GET", `/v1/offers/conflicts?${query}`)).body as unknown as Answer;
/** The warnings of the rules that are published now. */
async function ready(query?: string): Promise<Answer> {
  let answer = await ask(query);
  await vi.waitUntil(
    async () => {
      answer = await ask(query);
      return answer.state === "ready";
    },
    { timeout: 20_000, interval: 20 },
  );
  return answer;
}
const told = ({ items }: Answer) =>
  items.map(({ code, rule, other }) => [code, rule.key, ...(other ? [other.key] : [])].join(" "));
const about = async (key: string) => told(await ready(`limit=200&rule=${key}`));

beforeAll(async () => {
  app = await startTestApp({ clock, config: { marginFactor: "1.2" } });
  await app.call("PUT", "/v1/catalog/products", [
    { sku: "bag", name: "Bag", brand: "Acme", price: usd(10_000), cost: "50.00" },
    { sku: "mug", name: "Mug", brand: "Soft", price: usd(900), cost: "6.00" },
    { sku: "hat", name: "Hat", brand: "Hut", price: usd(2_000) },
    { sku: "cap", name: "Cap", brand: "Kap", price: usd(2_000) },
    { sku: "pin", name: "Pin", brand: "Pinn", price: usd(300) },
  ]);
}, 60_000);
afterAll(() => app.close());

describe("conflicts of published price rules", () => {
  it("knows nothing while there is no rule", async () => {
    expect(await ready()).toMatchObject({ state: "ready", items: [], total: 0, products: 5 });
  });

  it("names rules that never apply, each with its reason", async () => {
    await publish("over", { priority: 1, to: "2026-03-09", action: percent("5") });
    await publish("today", { priority: 1, to: "2026-03-10", targets: brand("Hut"), action: percent("5") });
    await publish("torn", {
      priority: 1,
      conditions: { all: [subtotal("gte", 5_000), { any: [subtotal("lt", 5_000), subtotal("eq", 1_000)] }] },
      action: percent("5"),
    });
    await publish("nobody", { priority: 1, targets: brand("Nobody"), action: percent("5") });
    await publish("unsold", {
      priority: 1,
      conditions: { items: { of: "cart", match: "some", where: brand("Nobody") } },
      action: percent("5"),
    });
    await publish("many", {
      priority: 1,
      targets: { all: [brand("Kap"), of("item.qty", "gte", 3)] },
      action: percent("5"),
    });
    await app.publish("audience", "ghosts", { rule: of("profile.gender", "eq", "ghost") });
    await publish("haunted", { priority: 1, conditions: { audience: { id: "ghosts" } }, action: percent("5") });
    expect(await about("over")).toEqual(["ended over"]);
    expect(await about("torn")).toEqual(["impossible torn"]);
    expect(await about("nobody")).toEqual(["no_products nobody"]);
    expect(await about("unsold")).toEqual(["needs_no_product unsold"]);
    expect(await about("haunted")).toEqual(["no_members haunted"]);
    expect(await about("many")).toEqual([]);
    expect(await about("today")).toEqual([]);
  });

  it("names a rule of which every product is stopped before it, by one rule or by several together", async () => {
    await publish("stop-acme", { priority: 10, stop: true, targets: brand("Acme"), action: percent("1") });
    await publish("late-bag", { priority: 20, targets: of("item.sku", "eq", "bag"), action: percent("1") });
    await publish("late-two", {
      priority: 20,
      targets: of("product.brand", "in", ["Acme", "Kap"]),
      action: percent("1"),
    });
    expect(await about("late-bag")).toEqual(["shadowed late-bag stop-acme"]);
    expect(await about("late-two")).toContain("stopped late-two stop-acme");
    await publish("stop-kap", { priority: 11, stop: true, targets: brand("Kap"), action: percent("1") });
    expect(await about("late-two")).toEqual(["shadowed late-two"]);
  });

  it("says no rule is always stopped where a cart, a customer or a quantity could let it through", async () => {
    await publish("maybe-hut", {
      priority: 10,
      stop: true,
      targets: { all: [brand("Hut"), of("item.qty", "gte", 2)] },
      action: percent("1"),
    });
    await publish("coded-hut", {
      priority: 10,
      stop: true,
      coupon: { type: "pool" },
      targets: brand("Hut"),
      action: percent("1"),
    });
    await publish("group-hut", {
      priority: 10,
      stop: true,
      customerGroups: ["retail"],
      targets: brand("Hut"),
      action: percent("1"),
    });
    await publish("late-hut", { priority: 20, targets: brand("Hut"), action: percent("1") });
    const warnings = await about("late-hut");
    expect(warnings).not.toContainEqual(expect.stringContaining("shadowed"));
    expect(warnings.sort()).toEqual([
      "overlaps today late-hut",
      "stopped late-hut coded-hut",
      "stopped late-hut group-hut",
      "stopped late-hut maybe-hut",
    ]);
  });

  it("knows the mode of a group: who never wins in it, and that its rules do not add up", async () => {
    for (const mode of ["first", "highest", "lowest", "stackable"])
      await publish(mode, { priority: 5, mode }, "price-rule-group");
    for (const group of ["first", "highest", "lowest", "stackable"]) {
      await publish(`${group}-5`, {
        priority: 1,
        group,
        targets: brand("Pinn"),
        websites: [group],
        action: percent("5"),
      });
      await publish(`${group}-9`, {
        priority: 2,
        group,
        targets: brand("Pinn"),
        websites: [group],
        action: percent("9"),
      });
    }
    expect(await about("first-9")).toEqual(["never_wins first-9 first-5"]);
    expect(await about("highest-5")).toEqual(["never_wins highest-5 highest-9"]);
    expect(await about("lowest-9")).toEqual(["never_wins lowest-9 lowest-5"]);
    expect(await about("stackable-9")).toContain("overlaps stackable-5 stackable-9");
    const [lost] = (await ready("rule=first-9")).items;
    expect(lost).toMatchObject({ group: "first", severity: "problem", other: { name: "first-5" } });
    expect(await about("lowest-5")).not.toContainEqual(expect.stringContaining("overlaps"));
  });

  it("tells what goes below the margin floor, and what the guard holds back", async () => {
    await publish("deep", { priority: 30, belowCost: true, targets: brand("Soft"), action: percent("30") });
    await publish("held", { priority: 31, targets: brand("Soft"), action: { type: "fixed", amounts: [usd(181)] } });
    await publish("kept", {
      priority: 32,
      websites: ["x"],
      targets: brand("Soft"),
      action: { type: "fixed", amounts: [usd(180)] },
    });
    expect(await about("deep")).toContain("below_floor deep");
    expect(await about("held")).toContain("guarded held");
    expect(await about("kept")).not.toContainEqual(expect.stringContaining("guarded"));
    const { items } = await ready("rule=deep&severity=problem");
    expect(items[0]).toMatchObject({ products: 1, examples: ["mug"], rule: { kind: "cart-price-rule" } });
  });

  it("leaves out pairs whose conditions or rules keep them apart", async () => {
    await publish("small", { priority: 40, websites: ["w"], conditions: subtotal("lt", 5_000), action: percent("1") });
    await publish("large", { priority: 41, websites: ["w"], conditions: subtotal("gte", 5_000), action: percent("1") });
    await publish("alone", {
      priority: 42,
      websites: ["w"],
      combinesWith: { classes: ["shipping"] },
      action: percent("1"),
    });
    await publish("again", { priority: 43, websites: ["w"], conditions: subtotal("gte", 2_000), action: percent("1") });
    const warnings = await about("large");
    expect(warnings).toContain("overlaps large again");
    expect(warnings).not.toContainEqual(expect.stringMatching(/small|alone/));
  });

  it("looks at catalog price rules, too", async () => {
    const kind = "catalog-price-rule";
    await publish("first-cut", { priority: 1, stop: true, conditions: brand("Kap"), action: off("10") }, kind);
    await publish("second-cut", { priority: 2, conditions: of("product.sku", "eq", "cap"), action: off("10") }, kind);
    await publish("for-ghosts", { priority: 2, audiences: ["ghosts"], action: off("10") }, kind);
    await publish("no-cut", { priority: 2, conditions: brand("Nobody"), action: off("10") }, kind);
    await publish("past-cut", { priority: 2, to: "2026-01-01", action: off("10") }, kind);
    await publish("half", { priority: 3, conditions: brand("Soft"), action: off("50") }, kind);
    await publish("more-soft", { priority: 4, conditions: brand("Soft"), action: off("1") }, kind);
    const { items } = await ready(`limit=200&kind=${kind}`);
    expect(items.map(({ code, rule, other }) => `${code} ${rule.key} ${other?.key ?? ""}`.trim()).sort()).toEqual([
      "below_floor half",
      "ended past-cut",
      "no_members for-ghosts",
      "no_products no-cut",
      "overlaps half more-soft",
      "shadowed second-cut first-cut",
    ]);
  });

  it("pages through all of them, problems first", async () => {
    const all = await ready();
    const walked: RuleWarning[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const page: Answer = await ask(`limit=7${cursor === "" ? "" : `&cursor=${cursor}`}`);
      walked.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(all.items);
    expect(all.total).toBe(walked.length);
    expect(walked.findIndex(({ severity }) => severity === "note")).toBe(all.problems);
    expect((await app.call("GET", "/v1/offers/conflicts?cursor=nonsense")).status).toBe(400);
  });

  it("finds out anew when a rule changes, tells the former ones meanwhile, and is not for browsers", async () => {
    const before = await ready();
    await publish("fresh", { priority: 1, to: "2026-01-01", action: percent("5") });
    const meanwhile = await ask();
    expect(meanwhile.state).toBe("computing");
    expect(meanwhile.total).toBe(before.total);
    expect(told(await ready())).toContain("ended fresh");
    const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
    expect((await app.call("GET", "/v1/offers/conflicts", undefined, browser)).status).toBe(403);
  });
});
