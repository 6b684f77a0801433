import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../access/index.ts";
import {
  compileRule,
  type RuleEnvironment,
  type RuleNode,
  type RuleObject,
  sortLeafRows,
} from "../kernel/rules/index.ts";
import { arbitraryRule, randomCatalog } from "../testing/rules/arbitrary-rule.ts";
import { type DrawnEvent, drawnEvent, drawnPerson, products } from "../testing/rules/arbitrary-subject.ts";
import { noon } from "../testing/rules/subjects.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { scopeRule } from "./scope-rule.ts";

const storeViews = { path: "profile.store_views", type: "list", label: "Store views" } as const;
const environment: RuleEnvironment = {
  catalog: {
    ...randomCatalog,
    find: (path) => (path === storeViews.path ? storeViews : randomCatalog.find(path)),
  },
};

const drawn = fc.record({
  // Every node of a drawn rule was made by the generator of valid rules.
  rule: arbitraryRule.map((rule) => rule as RuleNode),
  stateAt: drawnPerson,
  facts: products,
  events: fc.array(drawnEvent, { maxLength: 14 }),
  // "A" is not the store view "a".
  orderedIn: fc.array(fc.constantFrom("a", "A", "10"), { minLength: 3, maxLength: 3 }),
  seenIn: fc.constantFrom<readonly string[] | undefined>(["a"], ["10", "a"], ["10"], ["A"], undefined),
});

/** Resolves when everybody has been judged. */
async function publish(app: TestApp, key: string, definition: object): Promise<void> {
  const created = await app.call("POST", "/v1/definitions/audience", { key, name: key, ...definition });
  expect(created.status).toBe(201);
  const headers = {
    authorization: `Bearer ${demoCredentials.token}`,
    "if-match": String(created.headers["etag"] ?? ""),
  };
  expect((await app.call("POST", `/v1/definitions/audience/${key}/publish`, {}, headers)).status).toBe(200);
  await vi.waitFor(
    async () => {
      const { body } = await app.call("GET", `/v1/audiences/${key}/members`);
      expect(body["progress"]).toMatchObject({ status: "live" });
    },
    { timeout: 20_000, interval: 50 },
  );
}

describe("an audience with store views in its scope", () => {
  it("is judged as if nothing had happened elsewhere, and holds for nobody who was only seen elsewhere", () => {
    const runs = 800;
    let [held, elsewhere] = [0, 0];
    fc.assert(
      fc.property(drawn, ({ rule, stateAt, facts, events, orderedIn, seenIn }) => {
        const productOf = (sku: string): RuleObject | undefined => facts.get(sku);
        const judge = (
          node: RuleNode,
          own: readonly DrawnEvent[],
          isListed: (storeView: string) => boolean,
        ): boolean => {
          const compiled = compileRule(node, environment);
          const rows = new Map(
            compiled.eventLeaves.map((leaf) => {
              const all = own.flatMap(({ event }) => leaf.rowsOf(event, { productOf }));
              return [leaf.hash, sortLeafRows(all, leaf.stride)];
            }),
          );
          const person = stateAt(noon);
          const subject = {
            ...person,
            productOf,
            profile: { ...person.profile, store_views: seenIn },
            list: (of: Parameters<NonNullable<typeof person.list>>[0]) => {
              const elements = (person.list?.(of) ?? []).map((each, at): RuleObject => {
                const store_view = orderedIn[at % orderedIn.length];
                const children = each["children"];
                if (!Array.isArray(children)) return { ...each, store_view };
                return { ...each, store_view, children: children.map((child) => ({ ...child, store_view })) };
              });
              return of === "orders" || of === "ordered"
                ? elements.filter((each) => isListed(String(each["store_view"])))
                : elements;
            },
            eventTimes: (hash: string) => rows.get(hash) ?? [],
          };
          return compiled.test(subject, noon);
        };
        const here = events.filter(({ event }) => event["storeView"] === "a");
        const expected = (seenIn?.includes("a") ?? true) && judge(rule, here, (storeView) => storeView === "a");
        expect(judge(scopeRule(rule, ["a"]), events, () => true)).toBe(expected);
        held += expected ? 1 : 0;
        elsewhere += judge(rule, events, () => true) === expected ? 0 : 1;
      }),
      { numRuns: runs },
    );
    expect(held).toBeGreaterThan(runs * 0.1);
    // The scope decides often enough to be seen.
    expect(elsewhere).toBeGreaterThan(runs * 0.1);
  }, 60_000);

  it("counts stored events of before and events as they come from its store views only", async () => {
    const app: TestApp = await startTestApp({});
    try {
      const event = (anonymousId: string, type: string, storeView: string, properties: object = {}): object => ({
        type,
        anonymousId,
        context: { storeView },
        properties,
      });
      const send = async (...events: readonly object[]): Promise<void> => {
        expect((await app.send(events)).rejected).toEqual([]);
        await app.settle();
      };
      const line = { items: [{ sku: "s-1", qty: 1 }] };
      await send(
        event("in-de", "addToCart", "de", line),
        event("in-en", "addToCart", "en", line),
        event("in-both", "addToCart", "en", line),
        event("in-both", "pageView", "de"),
      );
      const rule = { event: { name: "addToCart" } };
      const scope = { storeViews: ["de"] };
      await publish(app, "adders", { body: { rule }, scope });
      await publish(app, "anybody", { body: { rule: { everyone: true } }, scope });
      const membersOf = async (key: string): Promise<number> =>
        Number((await app.call("GET", `/v1/audiences/${key}/members`)).body["total"]);
      expect([await membersOf("adders"), await membersOf("anybody")]).toEqual([1, 2]);

      await send(event("in-both", "addToCart", "de", line), event("in-en", "addToCart", "en", line));
      expect([await membersOf("adders"), await membersOf("anybody")]).toEqual([2, 2]);
      const preview = async (body: object): Promise<unknown> =>
        (await app.call("POST", "/v1/audiences/preview", body)).body["count"];
      expect([await preview({ rule }), await preview({ rule, ...scope })]).toEqual([3, 2]);
    } finally {
      await app.close();
    }
  }, 60_000);
});
