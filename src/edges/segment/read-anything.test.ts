import fc from "fast-check";
import { expect, it } from "vitest";
import type { RequestFacts } from "../../collect/index.ts";
import { createSegmentReader } from "./read-segment-message.ts";

const browser: RequestFacts = {
  sourceId: "shop",
  sourceKind: "segment",
  trusted: false,
  provenCustomerId: null,
  receivedAt: Date.parse("2026-11-21T12:00:00Z"),
  sentAt: 0,
  bounds: { maxAgeMs: 0, correctByDelay: true },
  defaultStoreView: "default",
};
const read = createSegmentReader({ defaultCurrency: "USD" });

it("never throws, whatever it is given, and changes nothing of it", () => {
  const key = fc.oneof(
    fc.constantFrom(
      "type",
      "event",
      "userId",
      "anonymousId",
      "previousId",
      "groupId",
      "properties",
      "traits",
      "context",
      "products",
      "price",
      "quantity",
      "sku",
      "currency",
      "total",
      "filters",
      "sorts",
      "type",
      "value",
      "category",
      "position",
      "device",
      "externalIds",
      "page",
      "address",
      "promotion_id",
      "__proto__",
      "constructor",
    ),
    fc.string(),
  );
  const scalar = fc.oneof(
    fc.constantFrom(
      "track",
      "identify",
      "page",
      "alias",
      "group",
      "Order Completed",
      "Product Added",
      "Product List Filtered",
      "Promotion Viewed",
      "EUR",
      "12.5",
      "",
      null,
      -1,
      1e300,
      0.005,
      true,
    ),
    fc.string(),
    fc.double(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      scalar,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 8 }),
    ),
  }));
  const message = fc.record(
    {
      type: scalar,
      event: scalar,
      userId: tree,
      anonymousId: tree,
      properties: tree,
      context: tree,
      traits: tree,
      sentAt: tree,
      timestamp: tree,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(tree, message), fc.boolean(), (raw, trusted) => {
      const before = JSON.stringify(raw);
      const result = read(raw, { ...browser, trusted });
      expect(JSON.stringify(raw)).toBe(before);
      if (!result.ok) expect(result.code).toMatch(/^collect\./);
      else
        expect(JSON.parse(JSON.stringify(result.event))).toMatchObject({
          sourceKind: "segment",
          type: expect.any(String),
        });
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

it("refuses what is nested without end instead of following it", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = { products: [deep] };
  for (const name of ["Product Viewed", "Own Event"])
    expect(
      read({ type: "track", event: name, anonymousId: "a", properties: deep, context: deep }, browser),
    ).toMatchObject({ ok: false, code: "collect.tooDeep" });
});
