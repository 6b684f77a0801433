import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorResponses, listOf } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import {
  type FoundProfile,
  type IdentityClaim,
  type Profile,
  type ReadRight,
  usableProfile,
} from "../../profiles/index.ts";
import type { SegmentClaims } from "./segment-claims.ts";

export type SegmentRouteDeps = {
  readonly claims: Pick<SegmentClaims, "sign" | "expiresAt">;
  readonly find: (claim: IdentityClaim, right: ReadRight) => Promise<FoundProfile>;
  /** @throws {ClienteleError} `access.identityToken` */
  readonly provenCustomerId: (request: FastifyRequest, token: unknown) => string | null;
  /** Keys of the live audiences that a profile is in. */
  readonly audienceKeysOf: (profile: Profile) => readonly string[];
};

const id = Type.String({ minLength: 1, maxLength: 512 });

/** The audiences of a visitor as a value that they may carry to other surfaces. */
export function createSegmentRoutes(deps: SegmentRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/audiences/signed",
      {
        config: { access: "decide", quiet: true },
        schema: {
          tags: ["Audiences"],
          summary: "The audiences of a visitor, signed for the header aep-segments-membership",
          body: Type.Object(
            {
              identity: Type.Object({
                anonymousId: Type.Optional(id),
                identityToken: Type.Optional(Type.String({ maxLength: 2_000 })),
              }),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              audiences: listOf(Type.String({ description: "Key" })),
              value: Type.String({ description: "For header and cookie; empty for a visitor who is in no audience" }),
              expiresAt: Type.String(),
            }),
            ...errorResponses(400, 401, 403, 422),
          },
        },
      },
      async (request) => {
        const { anonymousId, identityToken } = request.body.identity;
        if (!request.auth.identitySecret)
          throw new ClienteleError("activation.noSigningKey", "a list is signed with the secret of a write key");
        const provenCustomerId = deps.provenCustomerId(request, identityToken);
        const found = await deps.find({ anonymousId }, { trusted: false, provenCustomerId });
        const profile = usableProfile(found);
        const audiences = profile ? deps.audienceKeysOf(profile) : [];
        const visitor = anonymousId ? `anonymous_id:${anonymousId}` : `user_id:${provenCustomerId ?? ""}`;
        const signature = deps.claims.sign(request.auth, visitor, audiences);
        return {
          audiences,
          value: signature === undefined ? "" : [...audiences, signature].join(","),
          expiresAt: new Date(deps.claims.expiresAt()).toISOString(),
        };
      },
    );
  };
}
