import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, decodeCursor, maxPageSize, toPage } from "../kernel/index.ts";
import type { Catalog } from "./load-catalog.ts";
import { parseAttributes } from "./parse-lists.ts";
import { type AttributeFlag, type AttributeMeta, attributeFlags } from "./product.ts";
import { attributeFlagsSchema, attributeInputSchema, attributeSchema } from "./schemas.ts";

const tags = ["Catalog"];

const listQuery = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 200, description: "Part of the code or label" })),
  flag: Type.Optional(
    Type.Unsafe<AttributeFlag>(
      Type.Union(
        attributeFlags.map((flag) => Type.Literal(flag)),
        { description: "Only those that have this flag" },
      ),
    ),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxPageSize, description: "Default: all at once" })),
  cursor: pageQuerySchema.cursor,
});

type Wanted = { readonly q?: string; readonly flag?: AttributeFlag; readonly after: string };

/** Those that match, by code. At most 10,000 are stored, all of them in memory. */
function matching(attributes: Iterable<AttributeMeta>, { q = "", flag, after }: Wanted): readonly AttributeMeta[] {
  const part = q.trim().toLowerCase();
  return [...attributes]
    .filter(
      ({ code, label, ...meta }) =>
        code > after &&
        (flag === undefined || meta[flag]) &&
        (code.toLowerCase().includes(part) || label.toLowerCase().includes(part)),
    )
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Attributes of products: what the shop says of them, and what people set above that. */
export function createAttributeRoutes(catalog: Catalog): FastifyPluginAsyncTypebox {
  const known = () => catalog.current().attributes.values();
  return async (app) => {
    app.get(
      "/v1/catalog/attributes",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "List product attributes by code",
          querystring: listQuery,
          response: { 200: pageSchema(attributeSchema), ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query: { q, flag, limit, cursor } }) => {
        const [after] = cursor === undefined ? [""] : (decodeCursor(cursor, 1) ?? []);
        if (typeof after !== "string")
          throw new ClienteleError("http.badRequest", "the cursor is not one that a list gave");
        const rows = matching(known(), { ...(q ? { q } : {}), ...(flag ? { flag } : {}), after });
        return toPage(rows, limit ?? rows.length, ({ code }) => [code]);
      },
    );

    app.put(
      "/v1/catalog/attributes",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Replace what the shop says of the product attributes",
          description: "Flags that people set (`chosen`) stay as they are.",
          body: Type.Array(attributeInputSchema, { maxItems: 10_000 }),
          response: { 200: Type.Object({ items: Type.Array(attributeSchema) }), ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        await catalog.replaceAttributes(parseAttributes(request.body));
        return { items: [...known()] };
      },
    );

    app.patch(
      "/v1/catalog/attributes/:code",
      {
        // People change what shoppers see at once, with no draft before it.
        config: { access: "publish" },
        schema: {
          tags,
          summary: "Set flags of one product attribute",
          description:
            "They win over what the shop says, also over its later lists, until they are set to null. A flag that the shop has anyway is not kept.",
          params: Type.Object({ code: attributeSchema.properties.code }),
          body: attributeFlagsSchema,
          response: { 200: attributeSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ params: { code }, body, auth, id }) => {
        const via = auth.kind === "session" ? "ui" : "api";
        const changed = await catalog.setAttributeFlags(code, body, { actor: auth.actor, via, requestId: id });
        if (!changed) throw new ClienteleError("catalog.attributeNotFound", `no attribute has the code ${code}`);
        return changed;
      },
    );
  };
}
