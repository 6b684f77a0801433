import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../../http/index.ts";
import type { ListedTemplate, Templates } from "./create-templates.ts";

const tags = ["Audiences"];
const parameter = Type.Object({
  key: Type.String(),
  label: Type.String(),
  type: Type.String({
    description:
      "integer, ratio, number, money, days, hours, text, texts, date, boolean, choice, choices, category or brand",
  }),
  unit: Type.Optional(Type.String()),
  default: Type.Optional(Type.Unknown({ description: "Absent when it must be given" })),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  options: Type.Optional(listOf(Type.String())),
  open: Type.Optional(Type.Boolean({ description: "Other values than the options are taken" })),
});
const template = Type.Object({
  key: Type.String(),
  label: Type.String(),
  group: Type.String({
    description: "library, customer, address, groups, cart, products, sales, recency, value or behaviour",
  }),
  description: Type.String(),
  why: Type.String({ description: "Why the choice works" }),
  parameters: listOf(parameter),
  tree: Type.Optional(Type.Unknown({ description: "The rule with all defaults; absent when a parameter has none" })),
});

function shown(listed: ListedTemplate) {
  const { parameters, tree, ...rest } = listed;
  return {
    ...rest,
    parameters: parameters.map(({ options, default: fallback, ...more }) => ({
      ...more,
      ...(options ? { options: [...options] } : {}),
      ...(fallback === undefined ? {} : { default: fallback }),
    })),
    ...(tree === undefined ? {} : { tree }),
  };
}

/** Ready audiences and native conditions as trees of the rule language. */
export function createTemplateRoutes(templates: Templates): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/audience-templates",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Templates of audiences with their parameters and the rule they make by default",
          response: { 200: Type.Object({ items: listOf(template) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({ items: templates.list().map(shown) }),
    );

    app.post(
      "/v1/audience-templates/:key/tree",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The checked rule that a template makes of parameters, with a name and description for a draft",
          params: Type.Object({ key: Type.String({ maxLength: 100 }) }),
          body: Type.Object(
            { parameters: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())) },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              key: Type.String(),
              name: Type.String(),
              description: Type.String(),
              tree: Type.Unknown({ description: "A tree of the rule language" }),
            }),
            ...errorResponses(400, 401, 403, 404, 422),
          },
        },
      },
      async ({ params: { key }, body: { parameters = {} } }) => {
        const { template: made, tree } = templates.tree(key, parameters);
        return { key: made.key, name: made.label, description: made.description, tree };
      },
    );
  };
}
