import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../../http/index.ts";
import { type AttributeValuesDeps, createAttributeValues } from "./create-attribute-values.ts";

const source = Type.Union(
  [
    Type.Literal("known"),
    Type.Literal("categories"),
    Type.Literal("skus"),
    Type.Literal("products"),
    Type.Literal("people"),
    Type.Literal("events"),
    Type.Literal("personal"),
    Type.Literal("none"),
  ],
  { description: "Where values come from; `personal`: values of personal data are not listed" },
);

/** Values seen in the data, to choose from while a rule is written. */
export function createAttributeValueRoutes(deps: AttributeValuesDeps): FastifyPluginAsyncTypebox {
  const values = createAttributeValues(deps);
  return async (app) => {
    app.get(
      "/v1/attributes/values",
      {
        config: { access: "read" },
        schema: {
          tags: ["Audiences"],
          summary:
            "Values that an attribute has, the most frequent first: from the catalog, or from a sample of people and events",
          description:
            "People and events: a sample of at most 2,000 profiles or the events of 30 days, kept for a minute; only values that at least three people share, never of personal data.",
          querystring: Type.Object({
            path: Type.String({ minLength: 1, maxLength: 300, description: "Attribute as rules name it" }),
            search: Type.Optional(Type.String({ maxLength: 200 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
          }),
          response: {
            200: Type.Object({
              source,
              items: listOf(
                Type.Object({
                  value: Type.String(),
                  label: Type.Optional(Type.String({ description: "Name, where the value alone says too little" })),
                  count: Type.Optional(Type.Integer({ description: "How many of the sample have it" })),
                }),
              ),
            }),
            ...errorResponses(400, 401, 403),
          },
        },
      },
      async ({ query: { path, search = "", limit = 20 } }) => {
        const answer = await values.find({ path, search, limit });
        return { ...answer, items: answer.items.map((each) => ({ ...each })) };
      },
    );
  };
}
