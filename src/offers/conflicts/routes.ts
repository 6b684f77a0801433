import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema } from "../../http/index.ts";
import { ClienteleError, decodeCursor, toPage } from "../../kernel/index.ts";
import type { ConflictFinder } from "./create-conflicts.ts";
import { warningCodes } from "./rule-warning.ts";

const kindSchema = Type.Union([Type.Literal("cart-price-rule"), Type.Literal("catalog-price-rule")]);
const severitySchema = Type.Union([Type.Literal("problem"), Type.Literal("note")], {
  description: "problem: the rule does nothing, or sells below the floor; note: it may be meant so",
});
const refSchema = Type.Object({
  kind: kindSchema,
  key: Type.String(),
  name: Type.String(),
  priority: Type.Integer(),
});
const warningSchema = Type.Object({
  code: Type.String({ description: warningCodes.join(", ") }),
  severity: severitySchema,
  rule: refSchema,
  other: Type.Optional(refSchema),
  group: Type.Optional(Type.String({ description: "Price rule group in which one of both acts" })),
  products: Type.Optional(Type.Integer({ description: "How many products it is about" })),
  examples: Type.Optional(listOf(Type.String())),
  text: Type.String(),
});

/** GET /v1/offers/conflicts: what is wrong with the published price rules. */
export function createConflictRoutes({ current }: Pick<ConflictFinder, "current">): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/offers/conflicts",
      {
        config: { access: "read" },
        schema: {
          tags: ["Offers"],
          summary: "Published price rules that do nothing, get in each other's way or sell below the floor",
          description:
            "Worked out in the background when rules or products have changed. While `state` is `computing`, the warnings are those of `computedAt`, or none.",
          querystring: Type.Object({
            ...pageQuerySchema,
            kind: Type.Optional(kindSchema),
            severity: Type.Optional(severitySchema),
            rule: Type.Optional(
              Type.String({ minLength: 1, maxLength: 200, description: "Key of a rule: what it has a part in" }),
            ),
          }),
          response: {
            200: Type.Object({
              state: Type.Union([Type.Literal("computing"), Type.Literal("ready")]),
              computedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
              rules: Type.Integer({ description: "Published rules that were looked at" }),
              products: Type.Integer({ description: "Products that were looked at" }),
              isCut: Type.Boolean({ description: "There is more than is looked at or told" }),
              problems: Type.Integer({ description: "Warnings of that severity in all" }),
              total: Type.Integer({ description: "Warnings that fit the query" }),
              items: listOf(warningSchema),
              nextCursor: Type.Optional(Type.String()),
            }),
            ...errorResponses(),
          },
        },
      },
      async ({ query: { kind, severity, rule: key, limit, cursor } }) => {
        const { state, computedAt, rules, products, isCut, warnings } = current();
        const found = warnings.filter(
          ({ rule, other, severity: own }) =>
            (kind === undefined || rule.kind === kind) &&
            (severity === undefined || own === severity) &&
            (key === undefined || rule.key === key || other?.key === key),
        );
        const [from] = cursor === undefined ? [0] : (decodeCursor(cursor, 1) ?? []);
        if (typeof from !== "number" || !Number.isSafeInteger(from) || from < 0)
          throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        const rows = found.slice(from, from + limit + 1).map((warning, at) => ({ warning, next: from + at + 1 }));
        const { items, ...more } = toPage(rows, limit, ({ next }) => [next]);
        return {
          ...{ state, rules, products, isCut, total: found.length },
          computedAt: computedAt === null ? null : new Date(computedAt).toISOString(),
          problems: warnings.filter(({ severity: own }) => own === "problem").length,
          items: items.map(({ warning }) => warning),
          ...more,
        };
      },
    );
  };
}
