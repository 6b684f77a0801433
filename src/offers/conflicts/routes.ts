import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema } from "../../http/index.ts";
import { ClienteleError, decodeCursor, toPage } from "../../kernel/index.ts";
import type { ConflictFinder } from "./create-conflicts.ts";
import { type LookedKind, lookedKinds } from "./named-parts.ts";
import { type RuleWarning, warningCodes } from "./rule-warning.ts";

const kindSchema = Type.Enum(lookedKinds);
const severitySchema = Type.Union([Type.Literal("problem"), Type.Literal("note")], {
  description: "problem: it does nothing, lacks what it needs, or sells below the floor; note: it may be meant so",
});
/** Kinds by who looks after them. */
const parts = {
  "price-rules": ["cart-price-rule", "catalog-price-rule"],
  offers: ["offer", "offer-collection", "offer-policy"],
  blocks: ["block", "block-rotation"],
} as const satisfies Readonly<Record<string, readonly LookedKind[]>>;
const partSchema = Type.Union([Type.Literal("price-rules"), Type.Literal("offers"), Type.Literal("blocks")]);
const refSchema = Type.Object({
  kind: kindSchema,
  key: Type.String(),
  name: Type.String(),
  priority: Type.Optional(Type.Integer({ description: "Of those that have one" })),
});
const warningSchema = Type.Object({
  code: Type.String({ description: warningCodes.join(", ") }),
  severity: severitySchema,
  rule: refSchema,
  other: Type.Optional(refSchema),
  group: Type.Optional(Type.String({ description: "Price rule group in which one of both acts" })),
  products: Type.Optional(Type.Integer({ description: "How many products it is about" })),
  examples: Type.Optional(listOf(Type.String())),
  /** What it names and is not live, the first ten. */
  notLive: Type.Optional(
    listOf(
      Type.Object({
        kind: Type.String(),
        key: Type.String(),
        name: Type.String(),
        status: Type.String({ description: "Of the definition; absent: there is none; empty: not looked up" }),
      }),
    ),
  ),
  text: Type.String(),
});

export type ConflictRouteDeps = Pick<ConflictFinder, "current"> & {
  /**
   * What the newest version of a definition names that is not live.
   *
   * @throws {ClienteleError} `definitions.notFound`
   */
  readonly notLiveOf: (kind: LookedKind, key: string) => Promise<readonly RuleWarning[]>;
};

/** GET /v1/offers/conflicts: what is wrong with the published price rules, and who names what is not live. */
export function createConflictRoutes({ current, notLiveOf }: ConflictRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/offers/conflicts/:kind/:key",
      {
        config: { access: "read" },
        schema: {
          tags: ["Offers"],
          summary: "What the newest version of a price rule, offer or block names that is not live",
          description: "Saved drafts too: what would keep them from being published, or from doing what they are for.",
          params: Type.Object({ kind: kindSchema, key: Type.String({ minLength: 1, maxLength: 200 }) }),
          response: { 200: Type.Object({ items: listOf(warningSchema) }), ...errorResponses() },
        },
      },
      async ({ params: { kind, key } }) => ({ items: [...(await notLiveOf(kind, key))] }),
    );

    app.get(
      "/v1/offers/conflicts",
      {
        config: { access: "read" },
        schema: {
          tags: ["Offers"],
          summary: "Published price rules that do nothing, get in each other's way or sell below the floor",
          description:
            "Also price rules, offers and blocks that name something that is not live. Worked out in the background when rules or products have changed. While `state` is `computing`, the warnings are those of `computedAt`, or none.",
          querystring: Type.Object({
            ...pageQuerySchema,
            kind: Type.Optional(kindSchema),
            part: Type.Optional(partSchema),
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
      async ({ query: { kind, part, severity, rule: key, limit, cursor } }) => {
        const { state, computedAt, rules, products, isCut, warnings } = current();
        const found = warnings.filter(
          ({ rule, other, severity: own }) =>
            (kind === undefined || rule.kind === kind) &&
            (part === undefined || isOfPart(rule.kind, part)) &&
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

function isOfPart(kind: LookedKind, part: keyof typeof parts): boolean {
  const kinds: readonly LookedKind[] = parts[part];
  return kinds.includes(kind);
}
