import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Identifier } from "../collect/index.ts";
import { errorResponses } from "../http/index.ts";
import {
  ClienteleError,
  decodeCursor,
  defaultPageSize,
  isObject,
  type Money,
  maxPageSize,
  toPage,
} from "../kernel/index.ts";
import { affinityShares } from "./affinity.ts";
import { sessionProducts } from "./fold-sessions.ts";
import type { OwnedIdentifier, Profile, ProfileState } from "./profile.ts";
import type { createProfileReader } from "./read-profile.ts";
import type { ProfileStore } from "./store.ts";

const tags = ["Profiles"];

/** Everything older than `at`, and of that very time what stands after `id`. */
export type TimelinePosition = { readonly at: number; readonly id: string };

/** One event of a timeline as the event store returns it. */
export type TimelineEvent = {
  readonly eventId: string;
  readonly type: string;
  readonly originalName: string;
  readonly ts: string;
  readonly source: string;
  readonly properties: unknown;
  readonly context: unknown;
};

export type ProfileRouteDeps = {
  readonly reader: ReturnType<typeof createProfileReader>;
  readonly store: ProfileStore;
  readonly now: () => number;
  /** Computed traits of profiles-and-journeys B.4. */
  readonly traitsOf: (
    state: ProfileState,
    now: number,
    identifiers: readonly OwnedIdentifier[],
  ) => Readonly<Record<string, unknown>>;
  /** Key and name of an audience, for people; undefined when it has gone. */
  readonly audienceName: (audienceId: string) => { readonly key: string; readonly name: string } | undefined;
  /** Events of identifiers within their intervals, newest first. */
  readonly timeline: (
    identifiers: readonly OwnedIdentifier[],
    options: { readonly before: TimelinePosition | null; readonly limit: number },
  ) => Promise<readonly TimelineEvent[]>;
};

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** A name for lists: the strongest thing a person is known by. Personal data: routes that use it need `read`. */
function labelOf(identifiers: readonly Identifier[], state: ProfileState): string {
  const name = ["first_name", "last_name"]
    .map((key) => state.attributes[key]?.value)
    .filter((part) => typeof part === "string");
  if (name.length > 0) return name.join(" ");
  for (const namespace of ["email", "user_id"]) {
    const found = identifiers.find((identifier) => identifier.namespace === namespace);
    if (found) return found.value;
  }
  return identifiers[0]?.value ?? "unknown";
}

function identifierJson(identifier: OwnedIdentifier) {
  return {
    namespace: identifier.namespace,
    value: identifier.value,
    validFrom: isoOrNull(identifier.validFrom === 0 ? null : identifier.validFrom),
    validTo: isoOrNull(identifier.validTo),
    verified: identifier.verified,
  };
}

function revenueOf(traits: Readonly<Record<string, unknown>>): Money | null {
  const revenue = traits["orders_revenue_net"];
  // A trait of type money has this shape by definition.
  return isObject(revenue) && typeof revenue["minor"] === "number" ? (revenue as Money) : null;
}

function positionOf(query: { readonly before?: string; readonly cursor?: string }): TimelinePosition | null {
  if (query.cursor === undefined) return query.before === undefined ? null : { at: Date.parse(query.before), id: "" };
  const [at, id] = decodeCursor(query.cursor, 2) ?? [];
  if (typeof at !== "number" || !Number.isSafeInteger(at) || typeof id !== "string")
    throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
  return { at, id };
}

function logPositionOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const [id] = decodeCursor(cursor, 1) ?? [];
  if (typeof id !== "number" || !Number.isSafeInteger(id))
    throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
  return id;
}

const Loose = Type.Record(Type.String(), Type.Unknown());
const Params = Type.Object({ id: Type.String({ format: "uuid" }) });

/** Reads of profiles for the admin and integrations. */
export function createProfileRoutes(deps: ProfileRouteDeps): FastifyPluginAsyncTypebox {
  const profileJson = async (profile: Profile) => {
    const { state } = profile;
    const now = deps.now();
    return {
      profileId: profile.profileId,
      label: labelOf(profile.identifiers, state),
      createdAt: iso(profile.createdAt),
      firstSeenAt: iso(state.firstSeenAt),
      lastSeenAt: iso(state.lastSeenAt),
      identifiers: profile.identifiers.map(identifierJson),
      traits: { ...deps.traitsOf(state, now, profile.identifiers) },
      attributes: Object.fromEntries(
        Object.entries(state.attributes).map(([key, attribute]) => [key, { ...attribute, at: iso(attribute.at) }]),
      ),
      counters: state.counters,
      affinity: Object.fromEntries(
        Object.entries(state.affinity).map(([attribute, scores]) => [attribute, affinityShares(scores, now)]),
      ),
      session: state.session && {
        ...state.session,
        startedAt: iso(state.session.startedAt),
        lastAt: iso(state.session.lastAt),
        products: sessionProducts(state),
      },
      cart: state.cart && { ...state.cart, updatedAt: iso(state.cart.updatedAt) },
      orders: state.orders.map((order) => ({ ...order, placedAt: iso(order.placedAt) })),
      viewed: state.viewed.map((product) => ({ ...product, at: iso(product.at) })),
      searches: state.searches.map((term) => ({ ...term, at: iso(term.at) })),
      wishlist: state.wishlist,
      memberships: Object.entries(state.memberships).map(([audienceId, membership]) => ({
        audienceId,
        key: deps.audienceName(audienceId)?.key ?? audienceId,
        name: deps.audienceName(audienceId)?.name ?? audienceId,
        since: iso(membership.since),
      })),
      audiences: Object.keys(state.memberships).map((audienceId) => deps.audienceName(audienceId)?.key ?? audienceId),
      consents: Object.fromEntries(
        Object.entries(state.consents).map(([category, consent]) => [category, { ...consent, at: iso(consent.at) }]),
      ),
      mergedFrom: await deps.store.mergedFrom(profile.profileId),
    };
  };

  return async (app) => {
    app.get(
      "/v1/profiles",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Profiles, last seen first; search by the start of an identifier or by profile id",
          querystring: Type.Object({
            search: Type.Optional(Type.String({ maxLength: 512 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxPageSize })),
            cursor: Type.Optional(Type.String({ maxLength: 500 })),
          }),
          response: {
            200: Type.Object({ items: Type.Array(Loose), nextCursor: Type.Optional(Type.String()) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const page = await deps.reader.list(
          request.query.search ?? "",
          request.query.limit ?? defaultPageSize,
          request.query.cursor,
        );
        const links = await deps.store.linksOfProfiles(page.items.map((row) => row.profileId));
        const now = deps.now();
        const items = page.items.map((row) => {
          const identifiers = links.filter((link) => link.profileId === row.profileId && link.validTo === null);
          const traits = deps.traitsOf(row.state, now, identifiers);
          return {
            profileId: row.profileId,
            label: labelOf(identifiers, row.state),
            identifiers: identifiers.map(({ namespace, value }) => ({ namespace, value })),
            lastSeenAt: iso(row.state.lastSeenAt),
            ordersCount: row.state.orders.length + row.state.ordersBefore.count,
            revenue: revenueOf(traits),
            audiences: Object.keys(row.state.memberships).length,
          };
        });
        return page.nextCursor === undefined ? { items } : { items, nextCursor: page.nextCursor };
      },
    );

    app.get(
      "/v1/profiles/:id",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "One profile; the id of a merged one answers with its survivor",
          params: Params,
          response: { 200: Loose, ...errorResponses() },
        },
      },
      async (request) => profileJson(await deps.reader.get(request.params.id)),
    );

    app.get(
      "/v1/profiles/by/:namespace/:value",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "One profile by an identifier",
          params: Type.Object({ namespace: Type.String({ maxLength: 100 }), value: Type.String({ maxLength: 600 }) }),
          response: { 200: Loose, ...errorResponses() },
        },
      },
      async (request) => profileJson(await deps.reader.by(request.params.namespace, request.params.value)),
    );

    app.get(
      "/v1/profiles/:id/identifiers",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Identifiers of a profile with their ownership intervals",
          params: Params,
          response: { 200: Type.Object({ items: Type.Array(Loose) }), ...errorResponses() },
        },
      },
      async (request) => ({ items: (await deps.reader.get(request.params.id)).identifiers.map(identifierJson) }),
    );

    app.get(
      "/v1/profiles/:id/history",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Identity decisions that touched a profile or one merged into it, newest first",
          params: Params,
          querystring: Type.Object({
            cursor: Type.Optional(Type.String({ maxLength: 500 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxPageSize })),
          }),
          response: {
            200: Type.Object({ items: Type.Array(Loose), nextCursor: Type.Optional(Type.String()) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { limit = maxPageSize, cursor } = request.query;
        const { profileId } = await deps.reader.get(request.params.id);
        const entries = await deps.store.history(profileId, limit + 1, logPositionOf(cursor));
        const page = toPage(entries, limit, ({ logId }) => [logId]);
        return { ...page, items: page.items.map(({ logId: _logId, ...entry }) => ({ ...entry, at: iso(entry.at) })) };
      },
    );

    app.get(
      "/v1/profiles/:id/events",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Timeline of a profile, newest first",
          params: Params,
          querystring: Type.Object({
            before: Type.Optional(Type.String({ format: "date-time", description: "Only older events" })),
            cursor: Type.Optional(Type.String({ maxLength: 500 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxPageSize })),
          }),
          response: {
            200: Type.Object({ items: Type.Array(Loose), nextCursor: Type.Optional(Type.String()) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const profile = await deps.reader.get(request.params.id);
        const { limit = defaultPageSize } = request.query;
        const before = positionOf(request.query);
        const rows = await deps.timeline(profile.identifiers, { before, limit: limit + 1 });
        const page = toPage(rows, limit, ({ ts, eventId }) => [Date.parse(ts), eventId]);
        return { ...page, items: page.items.map((event) => ({ ...event })) };
      },
    );
  };
}
