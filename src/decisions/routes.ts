import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type AcceptRequest, type AcceptResult, type CanonicalEvent, parseInstant } from "../collect/index.ts";
import { errorResponses } from "../http/index.ts";
import { ClienteleError, isObject, type JsonObject } from "../kernel/index.ts";
import type { FoundProfile, IdentityClaim, Profile, ReadRight } from "../profiles/index.ts";
import type { createDecide } from "./decide.ts";
import { assertPlacements, maxPlacements } from "./decide.ts";
import { readCart } from "./read-cart.ts";

const tags = ["Decisions"];
const Id = Type.String({ maxLength: 512 });
const Loose = Type.Record(Type.String(), Type.Unknown());

export const identitySchema = Type.Object({
  anonymousId: Type.Optional(Id),
  ecid: Type.Optional(Type.String({ pattern: "^[0-9]{38}$", description: "Of a browser with Adobe's Web SDK" })),
  customerId: Type.Optional(Id),
  email: Type.Optional(Id),
  profileId: Type.Optional(Id),
  identityToken: Type.Optional(Type.String({ maxLength: 2_000 })),
});

const PreviewAs = Type.Object({
  profileId: Type.Optional(Id),
  audiences: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
  device: Type.Optional(Type.String({ maxLength: 50 })),
});

const DecideBody = Type.Object({
  identity: Type.Optional(identitySchema),
  placements: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { description: `At most ${maxPlacements}` }),
  context: Type.Optional(Loose),
  events: Type.Optional(
    Type.Array(Type.Unknown(), { maxItems: 100, description: "Events of this page: stored, and counted at once" }),
  ),
  sentAt: Type.Optional(
    Type.Unknown({ description: "Client clock when the call was made; corrects the times of its events" }),
  ),
  cart: Type.Optional(Type.Unknown()),
  exclude: Type.Optional(
    Type.Array(Type.String({ maxLength: 120 }), { maxItems: 200, description: "Keys of offers already on the page" }),
  ),
  explain: Type.Optional(Type.Boolean({ description: "Needs the scope read" })),
  asOf: Type.Optional(Type.String({ format: "date-time", description: "Preview at a time; needs the scope read" })),
  as: Type.Optional(PreviewAs),
  rotations: Type.Optional(
    Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 4_000 }), {
      maxProperties: maxPlacements,
      description: "`value.rotation.state` of former answers by `value.rotation.id`: what the visitor saw already",
    }),
  ),
});

const DecisionSchema = Type.Object({
  placement: Type.String(),
  kind: Type.Union([Type.String(), Type.Null()]),
  value: Type.Union([Loose, Type.Null()]),
  decisionId: Type.String(),
  reasons: Type.Array(Loose),
  explain: Type.Optional(Type.Unknown()),
});

export type DecisionRouteDeps = {
  readonly engine: ReturnType<typeof createDecide>;
  readonly find: (claim: IdentityClaim, right: ReadRight) => Promise<FoundProfile>;
  /** The visitor with what a list of audiences proves that came with the request. */
  readonly honour: (
    request: FastifyRequest,
    who: { readonly claim: IdentityClaim; readonly provenCustomerId: string | null },
    found: FoundProfile,
  ) => Promise<FoundProfile>;
  /** The visitor as if these events were stored already; null = nobody known yet. */
  readonly withEvents: (profile: Profile | null, events: readonly CanonicalEvent[]) => Profile;
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  /** Reads events of the page as they will be stored, without storing them. */
  readonly readEvents: (
    request: FastifyRequest,
    events: readonly unknown[],
    provenCustomerId: string | null,
  ) => readonly CanonicalEvent[];
  readonly provenCustomerId: (request: FastifyRequest, token: unknown) => string | null;
  readonly defaultStoreView: string;
  readonly currency: string;
  readonly now: () => number;
};

function requirePreviewRight(request: FastifyRequest): void {
  if (request.auth.kind === "write-key" || !request.auth.scopes.includes("read")) {
    throw new ClienteleError("decisions.previewNotAllowed", "explain, asOf and as need a token with the scope read");
  }
}

function skusOfContext(context: Readonly<Record<string, unknown>>): readonly string[] {
  const { sku, items } = context;
  if (typeof sku === "string" && sku) return [sku];
  return Array.isArray(items) ? items.filter((item) => typeof item === "string").slice(0, 50) : [];
}

/** The visitor as the preview wants to see them: the same profile, or that of a newcomer, with other memberships. */
function previewed(profile: Profile, audienceIds: readonly string[], now: number): FoundProfile {
  const memberships = Object.fromEntries(audienceIds.map((id) => [id, { since: now, version: 0 }]));
  return { ok: true, profile: { ...profile, state: { ...profile.state, memberships } }, by: "preview" };
}

/** POST /v1/decide and the list of placements. */
export function createDecisionRoutes(
  deps: DecisionRouteDeps & { readonly audienceIds: (keys: readonly string[]) => readonly string[] },
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/decide",
      {
        bodyLimit: 512_000,
        config: { access: "decide", quiet: true },
        schema: {
          tags,
          summary: "What does this visitor see at these placements",
          body: DecideBody,
          response: {
            200: Type.Object({ profileId: Type.Optional(Type.String()), decisions: Type.Array(DecisionSchema) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { body, auth } = request;
        // Before anything is stored: a refused call leaves no trace.
        assertPlacements(body.placements);
        const preview = body.explain === true || body.asOf !== undefined || body.as !== undefined;
        if (preview) requirePreviewRight(request);
        const trusted = auth.kind !== "write-key";
        const provenCustomerId = deps.provenCustomerId(request, body.identity?.identityToken);
        const claim = claimOf(body.identity, body.as?.profileId);
        let found = await deps.find(claim, { trusted, provenCustomerId });
        if (!preview) found = await deps.honour(request, { claim, provenCustomerId }, found);
        if (body.as?.profileId !== undefined && !found.ok) {
          throw new ClienteleError("decisions.unknownPreviewProfile", `no profile ${body.as.profileId}`);
        }
        if (body.events && body.events.length > 0 && !preview) {
          const events = deps.readEvents(request, body.events, provenCustomerId);
          if (found.ok || found.reason === "unknown") {
            found = { ok: true, profile: deps.withEvents(found.ok ? found.profile : null, events), by: "events" };
          }
          // Stored before the answer, as everywhere: an event that was answered is never lost.
          await deps.accept({
            events: body.events,
            sentAt: parseInstant(body.sentAt),
            sourceId: auth.sourceId,
            sourceKind: trusted ? "server" : "native",
            trusted,
            provenCustomerId,
          });
        }
        const context = (body.context ?? {}) as JsonObject;
        const device = body.as?.device;
        if (body.as?.audiences) {
          const profile = found.ok ? found.profile : deps.withEvents(null, []);
          found = previewed(profile, deps.audienceIds(body.as.audiences), deps.now());
        }
        const answer = await deps.engine.decide(found, {
          placements: body.placements,
          storeView: typeof context["storeView"] === "string" ? context["storeView"] : deps.defaultStoreView,
          context: device === undefined ? context : { ...context, device },
          cart: readCart(body.cart, deps.currency, deps.now()),
          items: skusOfContext(context),
          categoryPath: typeof context["categoryPath"] === "string" ? context["categoryPath"] : null,
          explain: body.explain === true,
          asOf: body.asOf === undefined ? null : Date.parse(body.asOf),
          preview,
          exclude: body.exclude ?? [],
          rotations: body.rotations ?? {},
          caller: { isTrusted: trusted, ip: request.ip },
          identityKey: claim.anonymousId ? `anonymous_id:${claim.anonymousId}` : "",
        });
        const decisions = answer.decisions.map((decision) => ({ ...decision, reasons: [...decision.reasons] }));
        // A profile id is no secret to a server, but a browser has no use for it.
        return answer.profileId !== null && trusted ? { profileId: answer.profileId, decisions } : { decisions };
      },
    );

    app.get(
      "/v1/placements",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Placements with something live",
          response: {
            200: Type.Object({
              items: Type.Array(Type.Object({ placement: Type.String(), kinds: Type.Array(Type.String()) })),
            }),
            ...errorResponses(),
          },
        },
      },
      async () => ({
        items: deps.engine.placements().map(({ placement, kinds }) => ({ placement, kinds: [...kinds] })),
      }),
    );
  };
}

function claimOf(identity: unknown, previewProfileId: string | undefined): IdentityClaim {
  if (previewProfileId !== undefined) return { profileId: previewProfileId };
  if (!isObject(identity)) return {};
  const { anonymousId, customerId, ecid, email, profileId } = identity;
  return {
    ...(typeof anonymousId === "string" ? { anonymousId } : {}),
    ...(typeof ecid === "string" ? { devices: [{ namespace: "ecid", value: ecid }] } : {}),
    ...(typeof customerId === "string" ? { customerId } : {}),
    ...(typeof email === "string" ? { email } : {}),
    ...(typeof profileId === "string" ? { profileId } : {}),
  };
}
