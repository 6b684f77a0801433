// Whose eyes a preview looks through: a person, the member of some audiences, or nobody; with a page, a cart and a time.
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { ClienteleError, type JsonObject } from "../../kernel/index.ts";
import type { Cart, FoundProfile, IdentityClaim, Profile } from "../../profiles/index.ts";
import type { BlockContext } from "./create-blocks.ts";
import type { BlockJudge } from "./judge-block.ts";

export const Loose = Type.Record(Type.String({ maxLength: 200 }), Type.Unknown());
export const Reason = Type.Object({ code: Type.String(), text: Type.String() }, { additionalProperties: true });

/** What a preview may say of the one who looks. */
export const viewerFields = {
  as: Type.Optional(
    Type.Object({
      profileId: Type.Optional(Type.String({ maxLength: 100 })),
      audiences: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
      device: Type.Optional(Type.String({ maxLength: 50 })),
    }),
  ),
  asOf: Type.Optional(Type.String({ format: "date-time" })),
  storeView: Type.Optional(Type.String({ maxLength: 100 })),
  sku: Type.Optional(Type.String({ maxLength: 200, description: "Product of the page" })),
  context: Type.Optional(Loose),
  cart: Type.Optional(Type.Unknown()),
};

export type ViewerRequest = {
  readonly as?: { readonly profileId?: string; readonly audiences?: readonly string[]; readonly device?: string };
  readonly asOf?: string;
  readonly storeView?: string;
  readonly sku?: string;
  readonly context?: unknown;
  readonly cart?: unknown;
};

export type PreviewDeps = {
  readonly judgeOf: (context: BlockContext, identityKey: string, request: JsonObject) => BlockJudge;
  /** Looks up codes and what is used of limits, for blocks of cart price rules. */
  readonly prepareFiring: (
    context: BlockContext,
    sender: { readonly isTrusted: boolean; readonly ip: string; readonly identityKey: string },
  ) => Promise<void>;
  /** Looks up price rules that come into effect by the time of the call. */
  readonly lookAhead: (context: BlockContext) => Promise<void>;
  readonly find: (request: FastifyRequest, claim: IdentityClaim) => Promise<FoundProfile>;
  /** Somebody of whom nothing is known. */
  readonly nobody: () => Profile;
  readonly audienceIds: (keys: readonly string[]) => readonly string[];
  readonly readCart: (cart: unknown) => Cart | null;
  readonly defaultStoreView: string;
  readonly now: () => number;
};

export type Viewer = { readonly context: BlockContext; readonly judge: BlockJudge };

export function createPreviewCall(deps: PreviewDeps) {
  const profileOf = async (
    request: FastifyRequest,
    { profileId, audiences }: NonNullable<ViewerRequest["as"]>,
  ): Promise<Profile | null> => {
    const found = profileId === undefined ? undefined : await deps.find(request, { profileId });
    if (found?.ok === false)
      throw new ClienteleError("content.unknownPreviewProfile", `there is no profile ${profileId}`);
    const profile = found?.profile ?? null;
    if (!audiences) return profile;
    const known = profile ?? deps.nobody();
    const since = deps.now();
    const memberships = Object.fromEntries(deps.audienceIds(audiences).map((id) => [id, { since, version: 0 }]));
    return { ...known, state: { ...known.state, memberships } };
  };

  /** @throws {ClienteleError} `content.unknownPreviewProfile` */
  return async (request: FastifyRequest, asked: ViewerRequest): Promise<Viewer> => {
    const { as = {}, asOf, sku } = asked;
    const profile = await profileOf(request, as);
    const context: BlockContext = {
      nowMs: asOf === undefined ? deps.now() : Date.parse(asOf),
      storeView: asked.storeView ?? deps.defaultStoreView,
      profile,
      cart: deps.readCart(asked.cart) ?? profile?.state.cart ?? null,
      items: sku === undefined ? [] : [sku],
    };
    // JSON of the request.
    const given = (asked.context ?? {}) as JsonObject;
    const judge = deps.judgeOf(context, "", as.device === undefined ? given : { ...given, device: as.device });
    if (asOf !== undefined) await deps.lookAhead(context);
    await deps.prepareFiring(context, { ip: request.ip, identityKey: "", isTrusted: asked.cart !== undefined });
    return { context, judge };
  };
}
