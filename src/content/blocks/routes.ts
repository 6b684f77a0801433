import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { type Definitions, type LiveDefinition, outsideWindowText } from "../../definitions/index.ts";
import { errorResponses, listOf } from "../../http/index.ts";
import type { JsonValue } from "../../kernel/index.ts";
import type { BlockBody } from "./block.ts";
import { blockNumber, blockUid } from "./block-number.ts";
import type { Blocks } from "./create-blocks.ts";
import { createDraftReader, draftFields } from "./read-draft.ts";
import { createBlockPreviewRoutes, type PreviewRouteDeps } from "./routes-preview.ts";
import { liveNames, visibilityWarnings, whoSees } from "./visibility.ts";

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

export type BlockRouteDeps = PreviewRouteDeps & {
  readonly definitions: Pick<Definitions, "find" | "version" | "live" | "faultsOf">;
  readonly linksOf: Blocks["linksOf"];
  readonly countPeople: (rule: JsonValue) => Promise<PeopleCount>;
  /** Why a rule never holds, as the names that it contradicts itself on; undefined = it may hold. */
  readonly contradictionOf: (rule: JsonValue) => string | undefined;
  /** Local day of the shop, `YYYY-MM-DD`; by default that of now. */
  readonly today: (atMs?: number) => string;
  /** The shop's, IANA. */
  readonly timezone: string;
};

const tags = ["Blocks"];
const Key = Type.String({ minLength: 1, maxLength: 200 });

const visibilityFields = {
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
};

/** Preview of any version as anybody, and who sees a block. */
export function createBlockRoutes(deps: BlockRouteDeps): FastifyPluginAsyncTypebox {
  const { definitions } = deps;

  const drafts = createDraftReader<BlockBody>("block", deps);

  /** How many people a block is for, and what keeps it from being seen. */
  const visibilityOf = async (block: Block, isLive: boolean, nowMs: number) => {
    const today = deps.today(nowMs);
    const links = deps.linksOf(block);
    const { rule, isUpperBound } = whoSees(block.body, links);
    const { count, share, total, low, high, exactness } = await deps.countPeople(rule);
    const names = liveNames(definitions.live);
    const warnings = [...visibilityWarnings({ ...deps, ...block, links, isLive, nowMs, today, names })];
    // A time that is still to come keeps nobody from ever seeing it.
    if (block.window.fromMs !== null && block.window.fromMs > nowMs)
      warnings.push({
        code: "schedule_ahead",
        text: outsideWindowText(block, nowMs, deps.timezone) ?? "It starts later",
        hides: false,
      });
    // Visitors who are not stored yet may see a block without conditions about persons.
    const isPersonal = block.body.audiences.length + (block.body.externalAudiences?.length ?? 0) > 0;
    if (isPersonal && exactness === "exact" && count === 0)
      warnings.push({ code: "no_members", text: "Nobody is in its audiences now", hides: true });
    return {
      people: { count, share, total, low, high, exactness, isUpperBound },
      nobody: warnings.some(({ hides }) => hides),
      warnings,
    };
  };

  return async (app) => {
    await app.register(createBlockPreviewRoutes(deps));

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
              ...visibilityFields,
            }),
            ...errorResponses(401, 403, 404),
          },
        },
      },
      async ({ params: { key } }) => {
        const block = await drafts.storedOf(key);
        const isLive = definitions.live("block").some(({ id }) => id === block.id);
        return {
          ...{ key: block.key, number: blockNumber(block.key), uid: blockUid(block.key) },
          ...(await visibilityOf(block, isLive, deps.now())),
        };
      },
    );

    app.post(
      "/v1/blocks/visibility",
      {
        bodyLimit: 1_000_000,
        config: { access: "read" },
        schema: {
          tags,
          summary: "The same of a block as it would be published: a draft, or any stored version",
          body: Type.Object({ ...draftFields, asOf: Type.Optional(Type.String({ format: "date-time" })) }),
          response: {
            200: Type.Object({
              number: Type.Optional(
                Type.Integer({ description: "Of a stored block: by which Adobe's clients know it" }),
              ),
              ...visibilityFields,
            }),
            ...errorResponses(400, 401, 403, 404, 422),
          },
        },
      },
      async ({ body: { asOf, ...asked } }) => {
        const block = await drafts.read(asked);
        const seen = await visibilityOf(block, true, asOf === undefined ? deps.now() : Date.parse(asOf));
        return block.id === "" ? seen : { number: blockNumber(block.key), ...seen };
      },
    );
  };
}
