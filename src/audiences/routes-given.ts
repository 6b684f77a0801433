import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, isTrusted, listOf } from "../http/index.ts";
import { ClienteleError, type Clock, isUuid } from "../kernel/index.ts";
import type { Profile, StateChange } from "../profiles/index.ts";
import type { LiveAudience } from "./audience-set.ts";
import { expiryOf, withGiven } from "./given-members.ts";

export type GivenRouteDeps = {
  /** A live audience by id or key. @throws {ClienteleError} `audiences.notFound` */
  readonly find: (reference: string) => LiveAudience;
  readonly clock: Clock;
  readonly source: {
    /** @throws {ClienteleError} `profiles.notFound` */
    readonly get: (profileId: string) => Promise<Pick<Profile, "profileId">>;
    /** @throws {ClienteleError} `profiles.notFound` */
    readonly by?: (namespace: string, value: string) => Promise<Pick<Profile, "profileId">>;
  };
  /** Changes profiles and judges them, until it is done. */
  readonly change: (profileIds: ReadonlySet<string>, change: StateChange) => Promise<void>;
};

const who = Type.Object(
  {
    profileId: Type.Optional(Type.String({ maxLength: 100 })),
    namespace: Type.Optional(Type.String({ maxLength: 50 })),
    value: Type.Optional(Type.String({ maxLength: 500 })),
    enteredAt: Type.Optional(Type.String({ format: "date-time", description: "Default now" })),
    expiresAt: Type.Optional(Type.String({ format: "date-time", description: "Default by the audience's ttl" })),
    remove: Type.Optional(Type.Boolean({ description: "Takes the membership away" })),
  },
  { additionalProperties: false },
);
type Given = Type.Static<typeof who>;

const maxMembers = 500;

/** Members that another system gives to audiences with an origin outside. */
export function createGivenRoutes({ find, clock, source, change }: GivenRouteDeps): FastifyPluginAsyncTypebox {
  const profileOf = async ({ profileId, namespace, value }: Given): Promise<string | undefined> => {
    try {
      if (profileId !== undefined) return isUuid(profileId) ? (await source.get(profileId)).profileId : undefined;
      if (namespace === undefined || value === undefined) return undefined;
      return (await source.by?.(namespace, value))?.profileId;
    } catch (error) {
      if (error instanceof ClienteleError && error.code === "profiles.notFound") return undefined;
      throw error;
    }
  };
  return async (app) => {
    app.post(
      "/v1/audiences/:id/members",
      {
        config: { access: "write-key" },
        schema: {
          tags: ["Audiences"],
          summary: "Give members to an audience with an origin outside, or take them away; servers only",
          params: Type.Object({ id: Type.String({ maxLength: 200, description: "Id or key" }) }),
          body: Type.Object({ members: Type.Array(who, { minItems: 1, maxItems: maxMembers }) }),
          response: {
            200: Type.Object({
              changed: Type.Integer({ description: "Profiles" }),
              unknown: listOf(Type.Integer({ description: "Places of members that no profile is known for" })),
            }),
            ...errorResponses(400, 401, 403, 404, 409),
          },
        },
      },
      async ({ params: { id }, body, auth }) => {
        // What a browser says of itself gives no discount.
        if (!isTrusted(auth))
          throw new ClienteleError("access.forbidden", "members are given by a server's key or a token only");
        const audience = find(id);
        const { imported } = audience.body;
        if (!imported)
          throw new ClienteleError("audiences.notImported", `the members of ${audience.key} follow from its rule`);
        const nowMs = clock.now();
        const given = new Map<string, { readonly enteredAt: number; readonly expiresAt: number } | null>();
        const unknown: number[] = [];
        for (const [place, member] of body.members.entries()) {
          const profileId = await profileOf(member);
          if (profileId === undefined) {
            unknown.push(place);
            continue;
          }
          const enteredAt = member.enteredAt === undefined ? nowMs : Date.parse(member.enteredAt);
          const ends = member.expiresAt === undefined ? null : Date.parse(member.expiresAt);
          const expiresAt = expiryOf({ enteredAt, expiresAt: ends }, imported);
          given.set(profileId, member.remove === true ? null : { enteredAt, expiresAt });
        }
        if (given.size > 0)
          await change(new Set(given.keys()), (profileId, state) =>
            withGiven(state, audience.id, given.get(profileId) ?? null),
          );
        return { changed: given.size, unknown };
      },
    );
  };
}
