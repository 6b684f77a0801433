import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../../http/index.ts";
import { ClienteleError, type Clock, decodeCursor, maxPageSize } from "../../kernel/index.ts";
import type { Profile } from "../../profiles/index.ts";
import { audienceIdOf, checkMembers, type MemberAudiences } from "./check-members.ts";
import type { Change, ChangeStore, Position } from "./store.ts";

export type MemberRouteDeps = {
  readonly audiences: MemberAudiences;
  readonly store: Pick<ChangeStore, "changes" | "now">;
  readonly profiles: {
    /** @throws {ClienteleError} `profiles.notFound` */
    readonly by: (namespace: string, value: string) => Promise<Profile>;
  };
  readonly clock: Clock;
};

const tags = ["Audiences"];
const maxIdentifiers = 200;
const maxAudiences = 50;
/** An explanation walks the whole rule. */
const maxExplained = 500;
const reference = Type.String({ minLength: 1, maxLength: 200, description: "Id or key" });
const start: Position = { position: 0, id: 0 };

const change = Type.Object({
  profileId: Type.String(),
  action: Type.Union([Type.Literal("entered"), Type.Literal("exited")]),
  at: Type.String(),
  version: Type.Integer({ description: "Version of the audience that decided" }),
  reasonLeaf: Type.Unknown({ description: "The condition that decided; null when the audience itself ended" }),
});
const checkedAudience = Type.Object({
  audienceId: Type.String(),
  key: Type.String(),
  member: Type.Boolean(),
  since: Type.Optional(Type.String()),
  version: Type.Optional(Type.Integer()),
  explanation: Type.Optional(Type.Unknown()),
});
const cursorOf = ({ position, id }: Position): string =>
  Buffer.from(JSON.stringify([position, id])).toString("base64url");

function positionOf(cursor: string): Position {
  const [position, id] = decodeCursor(cursor, 2) ?? [];
  if (!Number.isSafeInteger(position) || !Number.isSafeInteger(id))
    throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
  return { position: Number(position), id: Number(id) };
}

const shown = ({ profileId, entered, at, version, reasonLeaf }: Change) => ({
  profileId,
  action: entered ? ("entered" as const) : ("exited" as const),
  at: new Date(at).toISOString(),
  version,
  reasonLeaf: reasonLeaf ?? null,
});

/** Who is in which audience: followed, and asked for many persons at once. */
export function createMemberRoutes({ audiences, store, profiles, clock }: MemberRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/audiences/:id/changes",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Entries and exits in order, oldest first; call again with nextCursor to follow them",
          params: Type.Object({ id: reference }),
          querystring: Type.Object({
            limit: Type.Integer({ minimum: 1, maximum: maxPageSize, default: maxPageSize }),
            after: Type.Optional(
              Type.String({ maxLength: 200, description: "nextCursor of the call before, or now; default the oldest" }),
            ),
          }),
          response: {
            200: Type.Object({
              items: listOf(change),
              nextCursor: Type.String({ description: "There on every answer, also on an empty one" }),
              hasMore: Type.Boolean(),
            }),
            ...errorResponses(400, 401, 403, 404),
          },
        },
      },
      async ({ params: { id }, query: { limit, after } }) => {
        const audienceId = audienceIdOf(audiences, id);
        if (after === "now") return { items: [], nextCursor: cursorOf(await store.now()), hasMore: false };
        const from = after === undefined ? start : positionOf(after);
        const rows = await store.changes(audienceId, from, limit + 1);
        const items = rows.slice(0, limit);
        return {
          items: items.map(shown),
          nextCursor: cursorOf(items.at(-1) ?? from),
          hasMore: rows.length > limit,
        };
      },
    );

    app.post(
      "/v1/audiences/check",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Whether persons are in audiences now, in the order of the identifiers",
          body: Type.Object(
            {
              identifiers: Type.Array(
                Type.Object(
                  {
                    namespace: Type.String({ minLength: 1, maxLength: 100 }),
                    value: Type.String({ minLength: 1, maxLength: 600 }),
                  },
                  { additionalProperties: false },
                ),
                { minItems: 1, maxItems: maxIdentifiers },
              ),
              audiences: Type.Array(reference, { minItems: 1, maxItems: maxAudiences }),
              explain: Type.Optional(Type.Boolean({ description: "With reasons, leaf by leaf" })),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              items: listOf(
                Type.Object({
                  known: Type.Boolean({ description: "False: nobody is known by this identifier" }),
                  profileId: Type.Optional(Type.String()),
                  audiences: listOf(checkedAudience),
                }),
              ),
            }),
            ...errorResponses(400, 401, 403, 404),
          },
        },
      },
      async ({ body }) => {
        const { identifiers, explain = false } = body;
        if (explain && identifiers.length * body.audiences.length > maxExplained)
          throw new ClienteleError(
            "http.badRequest",
            `with explain a call has at most ${maxExplained} pairs of identifier and audience`,
          );
        const options = { explain, nowMs: clock.now() };
        return { items: await checkMembers({ audiences, by: profiles.by }, identifiers, body.audiences, options) };
      },
    );
  };
}
