import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../http/index.ts";
import { ClienteleError, type ErrorDetail } from "../kernel/index.ts";
import type { TraitValue } from "./evaluate.ts";
import type { PreviewValue } from "./preview.ts";
import type { ComputationStatus } from "./store.ts";
import { type TraitBody, traitBodySchema } from "./trait-body.ts";
import type { LiveTrait } from "./trait-set.ts";

/** Times in ms. */
export type TraitStatus = {
  readonly status: ComputationStatus;
  /** Events counted, of so many; rows of an SQL trait. */
  readonly done: number;
  readonly total: number;
  /** Everything up to here is in the values. */
  readonly computedThrough: number | null;
  readonly reason: string | null;
};

export type TraitRouteDeps = {
  readonly list: () => readonly { readonly trait: LiveTrait; readonly status: TraitStatus }[];
  readonly find: (key: string) => LiveTrait | undefined;
  readonly statusOf: (trait: LiveTrait) => TraitStatus;
  readonly restart: (trait: LiveTrait) => Promise<void>;
  readonly valueOf: (trait: LiveTrait, profileId: string) => Promise<TraitValue | undefined>;
  readonly faultsOf: (key: string, body: TraitBody) => Promise<readonly ErrorDetail[]>;
  readonly preview: (key: string, body: TraitBody, profileId: string | undefined) => Promise<readonly PreviewValue[]>;
};

const tags = ["Traits"];
const nullable = <T extends ReturnType<typeof Type.String>>(type: T) => Type.Union([type, Type.Null()]);
const params = Type.Object({ key: Type.String({ maxLength: 120 }) });
const traitJson = Type.Object({
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  version: Type.Integer(),
  path: Type.String({ description: "As rules name it" }),
  type: Type.String(),
  status: Type.Enum(["computing", "live", "failed"]),
  progress: Type.Number({ description: "0 to 1" }),
  done: Type.Integer(),
  total: Type.Integer(),
  computedThrough: nullable(Type.String()),
  reason: nullable(Type.String()),
});
const valueJson = Type.Object({
  profileId: Type.String(),
  value: Type.Unknown(),
  at: nullable(Type.String()),
  flags: listOf(Type.String()),
  skipped: Type.Optional(Type.Integer({ description: "Values that did not fit, e.g. text where a number is summed" })),
});

const isoOrNull = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : new Date(ms).toISOString();

function toJson(trait: LiveTrait, { status, done, total, computedThrough, reason }: TraitStatus) {
  const { id, key, name, version, body, type } = trait;
  const progress = status === "live" ? 1 : total === 0 ? 0 : Math.min(1, done / total);
  const path = `profile.trait.${key.replaceAll(".", "\\.")}`;
  return {
    ...{ id, key, name, version, kind: body.kind, path, type, status, progress, done, total, reason },
    computedThrough: isoOrNull(computedThrough),
  };
}

/** Traits with how far they are counted, their values, and previews of drafts. */
export function createTraitRoutes(deps: TraitRouteDeps): FastifyPluginAsyncTypebox {
  const find = (key: string): LiveTrait => {
    const trait = deps.find(key);
    if (!trait) throw new ClienteleError("traits.notFound", `there is no live trait ${key}`);
    return trait;
  };
  return async (app) => {
    app.get(
      "/v1/traits",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Live traits with status and progress",
          response: { 200: Type.Object({ items: listOf(traitJson) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({ items: deps.list().map(({ trait, status }) => toJson(trait, status)) }),
    );

    app.get(
      "/v1/traits/:key",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "One live trait with status and progress",
          params,
          response: { 200: traitJson, ...errorResponses(401, 403, 404) },
        },
      },
      async ({ params: { key } }) => {
        const trait = find(key);
        return toJson(trait, deps.statusOf(trait));
      },
    );

    app.get(
      "/v1/traits/:key/value",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The value of a trait for one profile",
          params,
          querystring: Type.Object({ profile: Type.String({ maxLength: 100, description: "Profile id" }) }),
          response: { 200: valueJson, ...errorResponses(401, 403, 404) },
        },
      },
      async ({ params: { key }, query }) => {
        const read = await deps.valueOf(find(key), query.profile);
        return {
          profileId: query.profile,
          value: read?.value ?? null,
          at: isoOrNull(read?.at),
          flags: [...(read?.flags ?? [])],
        };
      },
    );

    app.post(
      "/v1/traits/:key/restart",
      {
        config: { access: "publish" },
        schema: {
          tags,
          summary: "Count a trait again that failed",
          params,
          response: { 200: traitJson, ...errorResponses(401, 403, 404) },
        },
      },
      async ({ params: { key } }) => {
        const trait = find(key);
        await deps.restart(trait);
        return toJson(trait, deps.statusOf(trait));
      },
    );

    app.post(
      "/v1/traits/preview",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What a draft would say of one profile, or of a sample of twenty",
          body: Type.Object({
            key: Type.Optional(Type.String({ maxLength: 120, description: "Default: a key of its own" })),
            body: traitBodySchema,
            profile: Type.Optional(Type.String({ maxLength: 100, description: "Profile id" })),
          }),
          response: { 200: Type.Object({ items: listOf(valueJson) }), ...errorResponses(400, 401, 403, 404, 422) },
        },
      },
      async ({ body: { key = "draft", body, profile } }) => {
        const details = await deps.faultsOf(key, body);
        if (details.length > 0)
          throw new ClienteleError("traits.invalid", `the trait has ${details.length} faults; see details`, {
            details,
          });
        const values = await deps.preview(key, body, profile);
        return { items: values.map((each) => ({ ...each, at: isoOrNull(each.at), flags: [...each.flags] })) };
      },
    );
  };
}
