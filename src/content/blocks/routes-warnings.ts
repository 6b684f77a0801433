import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema } from "../../http/index.ts";
import { ClienteleError, decodeCursor, toPage } from "../../kernel/index.ts";
import { type SurveyDeps, type SurveyedBlock, surveyBlocks } from "./survey-blocks.ts";

/** An answer is good for so long: pages of one list, and readers who come at once, share it. */
const maxAgeMs = 5_000;

/** GET /v1/blocks/warnings: published blocks and rotations that nobody can see. */
export function createBlockWarningRoutes(deps: SurveyDeps): FastifyPluginAsyncTypebox {
  let known:
    | { readonly at: number; readonly lists: readonly unknown[]; readonly found: Promise<readonly SurveyedBlock[]> }
    | undefined;
  const survey = (): Promise<readonly SurveyedBlock[]> => {
    const lists = ["block", "block-rotation", "audience", "cart-price-rule", "catalog-price-rule"].map((kind) =>
      deps.live(kind),
    );
    // Lists are replaced whole when something changes.
    if (known && deps.now() - known.at < maxAgeMs && lists.every((list, at) => list === known?.lists[at]))
      return known.found;
    const made = { at: deps.now(), lists, found: surveyBlocks(deps) };
    known = made;
    made.found.catch(() => {
      if (known === made) known = undefined;
    });
    return made.found;
  };
  return async (app) => {
    app.get(
      "/v1/blocks/warnings",
      {
        config: { access: "read" },
        schema: {
          tags: ["Blocks"],
          summary: "Published blocks and rotations that nobody can see, each with its reasons",
          querystring: Type.Object({
            ...pageQuerySchema,
            nobody: Type.Optional(
              Type.Boolean({ description: "true: only those that nobody sees; false: only the others" }),
            ),
          }),
          response: {
            200: Type.Object({
              total: Type.Integer({ description: "That fit the query" }),
              items: listOf(
                Type.Object({
                  kind: Type.Union([Type.Literal("block"), Type.Literal("block-rotation")]),
                  id: Type.String(),
                  key: Type.String(),
                  name: Type.String(),
                  placement: Type.String(),
                  nobody: Type.Boolean({ description: "Nobody can see it" }),
                  warnings: listOf(Type.Object({ code: Type.String(), text: Type.String(), hides: Type.Boolean() })),
                }),
              ),
              nextCursor: Type.Optional(Type.String()),
            }),
            ...errorResponses(400, 401, 403),
          },
        },
      },
      async ({ query: { limit, cursor, nobody } }) => {
        const found = (await survey()).filter((each) => nobody === undefined || each.nobody === nobody);
        const [from] = cursor === undefined ? [0] : (decodeCursor(cursor, 1) ?? []);
        if (typeof from !== "number" || !Number.isSafeInteger(from) || from < 0)
          throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        const rows = found.slice(from, from + limit + 1).map((block, at) => ({ block, next: from + at + 1 }));
        const { items, ...more } = toPage(rows, limit, ({ next }) => [next]);
        return { total: found.length, items: items.map(({ block }) => block), ...more };
      },
    );
  };
}
