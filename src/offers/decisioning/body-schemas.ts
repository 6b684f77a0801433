import { Type } from "typebox";
import { channels, contentTypes, countedKinds, limits, periodUnits } from "./bodies.ts";

const Key = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$" });
const literals = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));
const strict = { additionalProperties: false } as const;
const audiences = Type.Array(Type.String({ maxLength: 120 }), { maxItems: 100, description: "Empty = everybody" });
const audienceMatch = literals(["any", "all"] as const);
const Attribute = Type.Union([
  Type.String({ maxLength: 500 }),
  Type.Number({ minimum: -1e12, maximum: 1e12 }),
  Type.Boolean(),
]);
const Tag = Type.String({ minLength: 1, maxLength: 100 });
const maxMarkup = 100_000;

export const placementBodySchema = Type.Object(
  {
    placement: Type.String({ pattern: "^(?:[a-z0-9][a-z0-9._-]{0,99}|web://[a-z0-9.:-]{1,100}/[^\\s?]{0,200})$" }),
    channel: literals(channels),
    contentType: literals(contentTypes),
    width: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, description: "Pixels" })),
    height: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, description: "Pixels" })),
    componentId: Type.Optional(Type.String({ maxLength: 200 })),
  },
  strict,
);

const representationSchema = Type.Object(
  {
    placement: Key,
    storeViews: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 })),
    html: Type.Optional(Type.String({ minLength: 1, maxLength: maxMarkup })),
    json: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown())),
    link: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
    asset: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    text: Type.Optional(Type.String({ minLength: 1, maxLength: 10_000 })),
    alt: Type.Optional(Type.String({ maxLength: 500 })),
  },
  strict,
);

const capSchema = Type.Object(
  {
    counted: literals(countedKinds),
    event: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    rule: Type.Optional(Type.Unknown()),
    limit: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    per: literals(["profile", "total"] as const),
    placements: Type.Optional(literals(["each", "all"] as const)),
    period: Type.Optional(
      Type.Object(
        { every: Type.Integer({ minimum: 1, maximum: 365 }), unit: literals(periodUnits) },
        { ...strict, description: "Absent = ever" },
      ),
    ),
    hard: Type.Optional(Type.Boolean({ description: "A stock: pieces are held before they are shown" })),
    holdMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_440, description: "Default 30" })),
  },
  strict,
);

export const offerBodySchema = Type.Object(
  {
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Higher first" }),
    audiences,
    audienceMatch: Type.Optional(audienceMatch),
    rule: Type.Optional(Type.Unknown()),
    representations: Type.Array(representationSchema, { minItems: 1, maxItems: limits.representations }),
    attributes: Type.Optional(
      Type.Record(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_-]{0,99}$" }), Attribute, {
        maxProperties: limits.attributes,
        // Without it names that do not match are let through.
        additionalProperties: false,
      }),
    ),
    tags: Type.Optional(Type.Array(Tag, { maxItems: limits.tags })),
    caps: Type.Optional(Type.Array(capSchema, { maxItems: limits.caps })),
    consent: Type.Optional(Type.String({ pattern: "^[a-z][a-z0-9_]{0,63}$" })),
    fallback: Type.Optional(Type.Boolean()),
    cartRule: Type.Optional(
      Type.Object(
        {
          key: Key,
          when: Type.Optional(literals(["live", "applies", "near"] as const)),
          lacksAtMost: Type.Optional(
            Type.Union([
              Type.Object(
                {
                  minor: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
                  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
                },
                strict,
              ),
              Type.Object({ quantity: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }) }, strict),
            ]),
          ),
          personalCode: Type.Optional(Type.Object({ guests: Type.Optional(Type.Boolean()) }, strict)),
        },
        strict,
      ),
    ),
  },
  strict,
);

export const collectionBodySchema = Type.Union([
  Type.Object({ offers: Type.Array(Key, { minItems: 1, maxItems: limits.collection, uniqueItems: true }) }, strict),
  Type.Object(
    {
      tags: Type.Optional(
        Type.Object(
          {
            any: Type.Optional(Type.Array(Tag, { minItems: 1, maxItems: limits.tags })),
            all: Type.Optional(Type.Array(Tag, { minItems: 1, maxItems: limits.tags })),
          },
          strict,
        ),
      ),
      attributes: Type.Optional(
        Type.Array(Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), value: Attribute }, strict), {
          minItems: 1,
          maxItems: limits.attributes,
        }),
      ),
    },
    strict,
  ),
]);

const modelSchema = Type.Object(
  {
    goal: Type.Optional(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_.-]{0,99}$", description: "click, or an event" })),
    windowHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720 })),
    personalised: Type.Optional(Type.Boolean()),
    audiences: Type.Optional(
      Type.Array(Type.String({ maxLength: 120 }), { maxItems: limits.modelAudiences, uniqueItems: true }),
    ),
    explorationShare: Type.Optional(Type.Number({ minimum: 0, maximum: 0.5 })),
  },
  strict,
);

const rankingSchema = Type.Union([
  Type.Object({ method: Type.Literal("priority") }, strict),
  Type.Object(
    {
      method: Type.Literal("formula"),
      formula: Type.String({ minLength: 1, maxLength: 5_000 }),
      model: Type.Optional(modelSchema),
    },
    strict,
  ),
  Type.Object({ method: Type.Literal("model"), model: modelSchema }, strict),
]);

const entrySchema = Type.Union([
  Type.Object(
    {
      type: Type.Literal("strategy"),
      name: Type.String({ minLength: 1, maxLength: 100 }),
      collection: Key,
      audiences: Type.Optional(audiences),
      audienceMatch: Type.Optional(audienceMatch),
      rule: Type.Optional(Type.Unknown()),
      ranking: rankingSchema,
    },
    strict,
  ),
  Type.Object({ type: Type.Literal("offer"), offer: Key }, strict),
]);

export const policyBodySchema = Type.Object(
  {
    placements: Type.Array(Key, { minItems: 1, maxItems: limits.placements, uniqueItems: true }),
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first, as of blocks" }),
    audiences,
    audienceMatch: Type.Optional(audienceMatch),
    rule: Type.Optional(Type.Unknown()),
    wanted: Type.Integer({ minimum: 1, maximum: limits.wanted }),
    entries: Type.Array(entrySchema, { minItems: 1, maxItems: limits.entries }),
    fallback: Type.Optional(Key),
    emptyAllowed: Type.Optional(Type.Boolean()),
  },
  strict,
);
