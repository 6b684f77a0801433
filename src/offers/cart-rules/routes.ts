import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses, listOf } from "../../http/index.ts";
import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import type { Guesser } from "../coupons/index.ts";
import { answerOf } from "./answer.ts";
import { answerSchema } from "./answer-schema.ts";
import type { CartRuleBody } from "./cart-rule-body.ts";
import type { CartRules, EvaluateCall, Judged, Shopper } from "./create-cart-rules.ts";
import { type CartRuleDraft, draftSchema } from "./draft-rule.ts";
import type { Evaluation } from "./evaluate-cart.ts";
import { cartSchema, readCartBody } from "./read-cart.ts";

const Id = Type.String({ maxLength: 512 });

export const identitySchema = Type.Object({
  anonymousId: Type.Optional(Id),
  customerId: Type.Optional(Id),
  email: Type.Optional(Id),
  profileId: Type.Optional(Id),
  identityToken: Type.Optional(Type.String({ maxLength: 2_000 })),
});

export const customerSchema = Type.Object(
  {
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    audiences: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200 })),
  },
  { description: "What a server states of the customer; ignored from a browser" },
);

const EvaluateBody = Type.Object({
  identity: Type.Optional(identitySchema),
  customer: Type.Optional(customerSchema),
  cart: cartSchema,
  storeView: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  context: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  explain: Type.Optional(Type.Boolean({ description: "Needs the scope read" })),
  asOf: Type.Optional(Type.String({ format: "date-time", description: "Preview at a time; needs the scope read" })),
  draft: Type.Optional(draftSchema),
});

/** The answer says what a draft meets in the catalog and among the published rules. */
const reachSchema = Type.Object({
  looked: Type.Integer({ description: "Products that were looked at" }),
  reached: Type.Integer({ description: "Those that the rule reaches in some cart" }),
  examples: listOf(Type.String()),
  compared: Type.Integer({ description: "Of those reached, compared with other rules" }),
  conflicts: listOf(
    Type.Object({
      code: Type.String({
        description:
          "ended, impossible, no_products, below_floor, guarded, shadowed, shadows, never_wins, always_wins, one_of_both, overlaps, stops or stopped",
      }),
      rule: Type.Optional(Type.String()),
      name: Type.Optional(Type.String()),
      priority: Type.Optional(Type.Integer()),
      group: Type.Optional(Type.String({ description: "Price rule group in which one of both acts" })),
      products: Type.Optional(Type.Integer({ description: "Reached by both" })),
      examples: Type.Optional(listOf(Type.String())),
    }),
  ),
});

export type ShopperClaim = Pick<Static<typeof EvaluateBody>, "identity" | "customer" | "context"> & {
  readonly storeView: string;
  readonly nowMs: number;
};

/** A cart that a shop asked about for a shopper, with what it was told. */
export type LiveCart = {
  readonly cartId: string;
  readonly call: EvaluateCall;
  readonly judged: Judged;
  /** Whether a server asked: the prices of a browser are its own. */
  readonly isTrusted: boolean;
};

export type EvaluateRouteDeps = {
  readonly cartRules: Pick<CartRules, "judge" | "version" | "skipped" | "conflicts">;
  /** Who calls, as far as the key and its proof allow, with the cart of the call. */
  readonly resolve: (
    request: FastifyRequest,
    claim: ShopperClaim,
    cart: ReturnType<typeof readCartBody>,
  ) => Promise<Shopper>;
  /** Faults of a draft, as when it is saved. */
  readonly checkDraft: (draft: CartRuleDraft) => readonly ErrorDetail[] | Promise<readonly ErrorDetail[]>;
  /** Slows down browsers that try codes. */
  readonly guessLimit: {
    readonly check: (who: Guesser) => void;
    readonly count: (who: Guesser, unknown: number) => void;
  };
  readonly defaultStoreView: string;
  readonly now: () => number;
  /** Is told of each cart that has an id once its answer has gone; previews and explanations are not told. Must not throw. */
  readonly onAnswer?: ((cart: LiveCart) => void) | undefined;
};

/** POST /v1/offers/evaluate. */
export function createEvaluateRoutes(deps: EvaluateRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/offers/evaluate",
      {
        bodyLimit: 512_000,
        config: { access: "decide", quiet: true },
        schema: {
          tags: ["Offers"],
          summary: "What cart price rules do to a cart",
          description:
            "Pure evaluation: nothing is counted, a code is used up only when it is reserved. With a write key the prices of the cart are the browser's own: `trusted` is false and the answer an estimate.",
          body: EvaluateBody,
          response: { 200: answerSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { body, auth } = request;
        const isTrusted = auth.kind !== "write-key";
        const explain = body.explain === true;
        if ((explain || body.asOf !== undefined) && (!isTrusted || !auth.scopes.includes("read")))
          throw new ClienteleError("offers.previewNotAllowed", "explain and asOf need a token with the scope read");
        if (body.draft && (!isTrusted || !auth.scopes.includes("edit")))
          throw new ClienteleError("offers.previewNotAllowed", "draft needs a token with the scope edit");
        const cart = readCartBody(body.cart, isTrusted);
        const nowMs = body.asOf === undefined ? deps.now() : Date.parse(body.asOf);
        const storeView = body.storeView ?? deps.defaultStoreView;
        const couponCodes = body.cart.couponCodes ?? [];
        const guesser = { ip: request.ip, identity: body.identity?.anonymousId ?? "" };
        if (!isTrusted && couponCodes.length > 0) deps.guessLimit.check(guesser);
        const { identity, customer, context } = body;
        const claim = { storeView, nowMs, ...(identity ? { identity } : {}), ...(context ? { context } : {}) };
        const stated = isTrusted && customer ? { ...claim, customer } : claim;
        // Audiences that look at the request take the codes of a server's word only.
        const shopper = await deps.resolve(request, stated, isTrusted ? { ...cart, couponCodes } : cart);
        const call = {
          cart,
          couponCodes,
          shopper,
          nowMs,
          explain,
          draft: body.draft && (await draftOf(body.draft, deps)),
        };
        const judged = await deps.cartRules.judge(call);
        const { evaluation } = judged;
        const { cartId } = cart;
        const { onAnswer } = deps;
        if (onAnswer && cartId && !explain && body.asOf === undefined && !body.draft)
          reply.raw.once("finish", () => onAnswer({ cartId, call, judged, isTrusted }));
        if (!isTrusted) deps.guessLimit.count(guesser, unknownCodes(evaluation));
        const answer = answerOf(evaluation, { storeView, isTrusted, explain, version: deps.cartRules.version() });
        return explain ? { ...answer, skipped: await deps.cartRules.skipped(call, evaluation) } : answer;
      },
    );

    app.post(
      "/v1/offers/cart-rules/reach",
      {
        // Who publishes what others wrote asks it, too.
        config: { access: "read" },
        schema: {
          tags: ["Offers"],
          summary: "Which products a rule reaches, and which published rules it meets there",
          description:
            "The draft is judged with one piece of each of the first 50,000 products; what its targets ask of quantities counts as met. Conditions on the cart are looked at for contradictions only.",
          body: Type.Object({ draft: draftSchema }),
          response: { 200: reachSchema, ...errorResponses() },
        },
      },
      async ({ body }) => deps.cartRules.conflicts(await draftOf(body.draft, deps), deps.now()),
    );
  };
}

/** @throws {ClienteleError} `offers.badDraft` with all faults */
async function draftOf(
  { storeViews, body, ...given }: Static<typeof draftSchema>,
  { checkDraft }: Pick<EvaluateRouteDeps, "checkDraft">,
): Promise<CartRuleDraft> {
  // A body of JSON that fits the schema; the check reads its trees.
  const draft = { ...given, body: body as CartRuleBody, storeViews: storeViews ?? null };
  const faults = await checkDraft(draft);
  if (faults.length === 0) return draft;
  const details = faults.slice(0, 200).map((fault) => ({ ...fault, path: `/draft/body${fault.path}` }));
  throw new ClienteleError("offers.badDraft", `the rule has ${faults.length} faults`, { details });
}

/** Those beyond the codes that count are told apart too: a known one names its rule. */
function unknownCodes({ codes }: Evaluation): number {
  return codes.filter(
    ({ rejection, ruleKey }) => rejection === "unknown_code" || (rejection === "not_combinable" && ruleKey === null),
  ).length;
}
