import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Definitions, type LiveDefinition, windowOf } from "../../definitions/index.ts";
import { errorResponses, listOf } from "../../http/index.ts";
import { ClienteleError, type JsonObject, type JsonValue } from "../../kernel/index.ts";
import type { Cart, FoundProfile, IdentityClaim, Profile } from "../../profiles/index.ts";
import type { BlockBody } from "./block.ts";
import { blockNumber, blockUid } from "./block-number.ts";
import type { BlockContext, Blocks } from "./create-blocks.ts";
import type { BlockJudge } from "./judge-block.ts";
import { visibilityWarnings, whoSees } from "./visibility.ts";

type Block = LiveDefinition<BlockBody>;

/** How many people a rule selects; see audiences. */
export type PeopleCount = {
  readonly count: number;
  readonly share: number;
  readonly total: number;
  readonly low: number;
  readonly high: number;
  readonly exactness: "exact" | "sampled" | "in_call";
};

export type BlockRouteDeps = {
  readonly definitions: Pick<Definitions, "find" | "version" | "live" | "faultsOf">;
  readonly preview: Blocks["preview"];
  readonly linksOf: Blocks["linksOf"];
  readonly judgeOf: (context: BlockContext, identityKey: string, request: JsonObject) => BlockJudge;
  readonly find: (request: FastifyRequest, claim: IdentityClaim) => Promise<FoundProfile>;
  /** Somebody of whom nothing is known. */
  readonly nobody: () => Profile;
  readonly audienceIds: (keys: readonly string[]) => readonly string[];
  readonly readCart: (cart: unknown) => Cart | null;
  readonly countPeople: (rule: JsonValue) => Promise<PeopleCount>;
  readonly defaultStoreView: string;
  readonly now: () => number;
};

const tags = ["Blocks"];
const Key = Type.String({ minLength: 1, maxLength: 200 });
const Loose = Type.Record(Type.String({ maxLength: 200 }), Type.Unknown());

const PreviewBody = Type.Object({
  key: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Id or key of a stored block" })),
  version: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: "Default: the newest, drafts too" }),
  ),
  draft: Type.Optional(
    Type.Object(
      {
        name: Type.Optional(Type.String({ maxLength: 200 })),
        body: Type.Unknown({ description: "Takes the place of the stored body" }),
      },
      { additionalProperties: false },
    ),
  ),
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
});

const Reason = Type.Object({ code: Type.String(), text: Type.String() }, { additionalProperties: true });

/** Preview of any version as anybody, and who sees a block. */
export function createBlockRoutes(deps: BlockRouteDeps): FastifyPluginAsyncTypebox {
  const { definitions } = deps;

  /** @throws {ClienteleError} `content.badDraft` for a body that could not be saved */
  const checked = async (body: unknown, { key, name, scope }: Block): Promise<BlockBody> => {
    const faults = await definitions.faultsOf("block", { key, name, scope, schedule: null, body });
    if (faults.length > 0)
      throw new ClienteleError("content.badDraft", `the block has ${faults.length} faults`, {
        details: faults.slice(0, 200),
      });
    // It fits the schema of this type.
    return body as BlockBody;
  };

  const draftOf = (): Block => ({
    id: "",
    kind: "block",
    key: "draft",
    name: "Draft",
    version: 0,
    scope: { storeViews: null },
    schedule: null,
    window: { fromMs: null, toMs: null },
    body: { placement: "draft", priority: 0, audiences: [] },
    updatedAt: deps.now(),
  });

  const storedOf = async (key: string, version: number | undefined): Promise<Block> => {
    const found = await definitions.find("block", key);
    const chosen = version === undefined ? found : await definitions.version("block", key, version);
    return {
      ...{ id: found.id, kind: "block", key: found.key, updatedAt: Date.parse(found.updatedAt) },
      ...{ name: chosen.name, version: chosen.version, scope: chosen.scope, schedule: chosen.schedule },
      window: windowOf(chosen.schedule),
      // Bodies are checked before they are stored.
      body: chosen.body as BlockBody,
    };
  };

  const visitorOf = async (
    request: FastifyRequest,
    as: { readonly profileId?: string; readonly audiences?: readonly string[] } = {},
  ): Promise<Profile | null> => {
    const found = as.profileId === undefined ? undefined : await deps.find(request, { profileId: as.profileId });
    if (found?.ok === false)
      throw new ClienteleError("content.unknownPreviewProfile", `there is no profile ${as.profileId}`);
    const profile = found?.profile ?? null;
    if (!as.audiences) return profile;
    const known = profile ?? deps.nobody();
    const since = deps.now();
    const memberships = Object.fromEntries(deps.audienceIds(as.audiences).map((id) => [id, { since, version: 0 }]));
    return { ...known, state: { ...known.state, memberships } };
  };

  return async (app) => {
    app.post(
      "/v1/blocks/preview",
      {
        bodyLimit: 1_000_000,
        config: { access: "read" },
        schema: {
          tags,
          summary: "A block of any version, saved or not, as somebody would see it; leaves no trace",
          body: PreviewBody,
          response: {
            200: Type.Object({
              shown: Type.Boolean(),
              reasons: Type.Array(Reason),
              value: Type.Union([Loose, Type.Null()]),
            }),
            ...errorResponses(400, 401, 403, 404, 422),
          },
        },
      },
      async (request) => {
        const { key, version, draft, as, asOf, sku, cart } = request.body;
        const stored = key === undefined ? draftOf() : await storedOf(key, version);
        const block: Block =
          draft === undefined && key !== undefined
            ? stored
            : {
                ...stored,
                name: draft?.name ?? stored.name,
                body: await checked(draft?.body, stored),
              };
        const profile = await visitorOf(request, as);
        const context: BlockContext = {
          nowMs: asOf === undefined ? deps.now() : Date.parse(asOf),
          storeView: request.body.storeView ?? deps.defaultStoreView,
          profile,
          cart: deps.readCart(cart) ?? profile?.state.cart ?? null,
          items: sku === undefined ? [] : [sku],
        };
        // JSON of the request.
        const given = (request.body.context ?? {}) as JsonObject;
        const judge = deps.judgeOf(context, "", as?.device === undefined ? given : { ...given, device: as.device });
        const { shown, reasons, value } = deps.preview(block, context, judge);
        return { shown, reasons: [...reasons], value: value === undefined ? null : { ...value } };
      },
    );

    app.get(
      "/v1/blocks/:key/visibility",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How many people a block is for, and what keeps it from being seen",
          params: Type.Object({ key: Key }),
          response: {
            200: Type.Object({
              key: Type.String(),
              number: Type.Integer({ description: "By which Adobe's clients know the block" }),
              uid: Type.String({ description: "The number as GraphQL spells it" }),
              people: Type.Object({
                count: Type.Integer(),
                share: Type.Number({ description: "0 to 1 of all profiles" }),
                total: Type.Integer(),
                low: Type.Integer(),
                high: Type.Integer(),
                exactness: Type.Union([Type.Literal("exact"), Type.Literal("sampled"), Type.Literal("in_call")]),
                isUpperBound: Type.Boolean({ description: "The block also asks for what only a request has" }),
              }),
              nobody: Type.Boolean({ description: "Nobody can see it" }),
              warnings: listOf(Type.Object({ code: Type.String(), text: Type.String(), hides: Type.Boolean() })),
            }),
            ...errorResponses(401, 403, 404),
          },
        },
      },
      async ({ params: { key } }) => {
        const block = await storedOf(key, undefined);
        const isLive = definitions.live("block").some(({ id }) => id === block.id);
        const links = deps.linksOf(block);
        const { rule, isUpperBound } = whoSees(block.body, links);
        const { count, share, total, low, high, exactness } = await deps.countPeople(rule);
        const warnings = [
          ...visibilityWarnings({ ...block, links, isLive, nowMs: deps.now(), live: definitions.live }),
        ];
        // Visitors who are not stored yet may see a block without conditions about persons.
        const isPersonal = block.body.audiences.length + (block.body.externalAudiences?.length ?? 0) > 0;
        if (isPersonal && exactness === "exact" && count === 0)
          warnings.push({ code: "no_members", text: "Nobody is in its audiences now", hides: true });
        return {
          ...{ key: block.key, number: blockNumber(block.key), uid: blockUid(block.key) },
          people: { count, share, total, low, high, exactness, isUpperBound },
          nobody: warnings.some(({ hides }) => hides),
          warnings,
        };
      },
    );
  };
}
