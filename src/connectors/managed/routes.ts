import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { type TSchema, Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { ClienteleError, decodeCursor, type Page } from "../../kernel/index.ts";
import { type Editor, type ExpectedEtag, editorOf, expectedEtag } from "../editor.ts";
import type { Connection, ConnectionStatus, NewConnection } from "./connection.ts";

/** Path parameters of one connection. */
export const connectionParams = Type.Object({ idOrKey: Type.String({ maxLength: 100 }) });

/** The fields of a connection that every answer writes the same way. */
export function connectionJson<Config extends { readonly type: string }>(
  connection: Pick<Connection<Config>, "config" | "createdAt" | "updatedAt">,
) {
  return {
    type: connection.config.type,
    createdAt: new Date(connection.createdAt).toISOString(),
    updatedAt: new Date(connection.updatedAt).toISOString(),
  };
}

type Manager<Input, Change, View> = {
  readonly list: (afterKey: string, limit: number) => Promise<Page<View>>;
  readonly get: (idOrKey: string) => Promise<View>;
  readonly create: (input: NewConnection<Input>, editor: Editor) => Promise<View>;
  readonly update: (idOrKey: string, given: Change, expected: ExpectedEtag, editor: Editor) => Promise<View>;
  readonly setStatus: (
    idOrKey: string,
    status: ConnectionStatus,
    expected: ExpectedEtag,
    editor: Editor,
  ) => Promise<View>;
  readonly remove: (idOrKey: string, expected: ExpectedEtag, editor: Editor) => Promise<void>;
};

export type ConnectionRoutes<Input, Change, View> = {
  /** e.g. `/v1/sources` */
  readonly path: string;
  readonly tag: string;
  readonly manager: Manager<Input, Change, View>;
  readonly schemas: { readonly made: TSchema; readonly change: TSchema; readonly shown: TSchema };
  readonly toJson: (connection: View) => object;
  readonly summaries: Readonly<Record<"list" | "create" | "read" | "change" | "pause" | "resume" | "remove", string>>;
};

/** List, make, read, change, pause, resume, remove: the same HTTP for every kind of connection; for administrators. */
export function createConnectionRoutes<Input, Change, View extends { readonly etag: number }>({
  path,
  tag,
  manager,
  schemas,
  toJson,
  summaries,
}: ConnectionRoutes<Input, Change, View>): FastifyPluginAsyncTypebox {
  const tags = [tag];
  const config = { access: "admin" } as const;
  const one = `${path}/:idOrKey`;
  const params = connectionParams;
  const answered = { 200: schemas.shown, ...errorResponses() };
  const answer = (reply: FastifyReply, connection: View) => {
    reply.header("etag", `"${connection.etag}"`);
    return toJson(connection);
  };
  return async (app) => {
    app.get(
      path,
      {
        config,
        schema: {
          tags,
          summary: summaries.list,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(schemas.shown), ...errorResponses() },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const after = cursor === undefined ? "" : decodeCursor(cursor, 1)?.[0];
        if (after === undefined) throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        const page = await manager.list(String(after), limit);
        return { ...page, items: page.items.map(toJson) };
      },
    );

    app.post(
      path,
      {
        config,
        schema: {
          tags,
          summary: summaries.create,
          body: schemas.made,
          response: { 201: schemas.shown, ...errorResponses() },
        },
      },
      async (request, reply) => {
        // The schema of the kind has checked it.
        const made = await manager.create(request.body as NewConnection<Input>, editorOf(request));
        return reply.code(201).send(answer(reply, made));
      },
    );

    app.get(
      one,
      { config, schema: { tags, summary: summaries.read, params, response: answered } },
      async (request, reply) => answer(reply, await manager.get(request.params.idOrKey)),
    );

    app.patch(
      one,
      { config, schema: { tags, summary: summaries.change, params, body: schemas.change, response: answered } },
      async (request, reply) => {
        const { idOrKey } = request.params;
        // The schema of the kind has checked it.
        const given = request.body as Change;
        return answer(reply, await manager.update(idOrKey, given, expectedEtag(request), editorOf(request)));
      },
    );

    for (const [action, status] of [
      ["pause", "paused"],
      ["resume", "active"],
    ] as const) {
      app.post(
        `${one}/${action}`,
        { config, schema: { tags, summary: summaries[action], params, response: answered } },
        async (request, reply) => {
          const { idOrKey } = request.params;
          return answer(reply, await manager.setStatus(idOrKey, status, expectedEtag(request), editorOf(request)));
        },
      );
    }

    app.delete(
      one,
      {
        config,
        schema: { tags, summary: summaries.remove, params, response: { 204: Type.Null(), ...errorResponses() } },
      },
      async (request, reply) => {
        await manager.remove(request.params.idOrKey, expectedEtag(request), editorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
