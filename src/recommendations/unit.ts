import { Type } from "typebox";
import { audienceReferences, placementSchema } from "../content/index.ts";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../kernel/index.ts";
import { type Strategy, strategies, toStrategy } from "./strategy.ts";

/** A recommendation unit: which products a placement shows, and how they are chosen. */
export type UnitBody = {
  readonly placement: string;
  /** Lower first: the first unit that a visitor may see and that has products is shown. */
  readonly priority: number;
  /** Audience keys; a visitor in any of them sees the unit; empty = everybody. */
  readonly audiences: readonly string[];
  /** A further condition of the rule language; both must hold. */
  readonly rule?: JsonValue;
  /** Heading that shoppers read. */
  readonly label: string;
  /** One of `strategies`, or a foreign type id such as `viewed-viewed`. */
  readonly strategy: string;
  /** 1 to 20; default 5. */
  readonly limit?: number;
  /** Fill up with other strategies where this one has too few products; default true. */
  readonly fallback?: boolean;
  /** Leave out what is in the cart; default true. */
  readonly excludeCart?: boolean;
  /** Leave out what the visitor has bought; default false. */
  readonly excludePurchased?: boolean;
  /** Only products of this category path and its descendants. */
  readonly category?: string;
};

export type UnitSettings = {
  readonly strategy: Strategy;
  readonly limit: number;
  readonly fallback: boolean;
  readonly excludeCart: boolean;
  readonly excludePurchased: boolean;
  readonly category: string | null;
};

export const defaultUnitLimit = 5;
export const maxUnitLimit = 20;

const unitSchema = Type.Object(
  {
    placement: placementSchema,
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    audiences: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }),
    rule: Type.Optional(Type.Unknown()),
    label: Type.String({ minLength: 1, maxLength: 200, description: "Heading that shoppers read" }),
    strategy: Type.String({ maxLength: 60, description: strategies.join(", ") }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxUnitLimit, default: defaultUnitLimit })),
    fallback: Type.Optional(Type.Boolean({ default: true, description: "Fill up with other strategies" })),
    excludeCart: Type.Optional(Type.Boolean({ default: true })),
    excludePurchased: Type.Optional(Type.Boolean({ default: false })),
    category: Type.Optional(Type.String({ maxLength: 1_000, description: "Only products of this category path" })),
  },
  { additionalProperties: false },
);

/** A unit with its defaults filled in. An unknown strategy, which no saved unit has, falls back to the most viewed. */
export function unitSettings(body: Pick<UnitBody, "strategy"> & Partial<UnitBody>): UnitSettings {
  return {
    strategy: toStrategy(body.strategy) ?? "most-viewed",
    limit: body.limit ?? defaultUnitLimit,
    fallback: body.fallback ?? true,
    excludeCart: body.excludeCart ?? true,
    excludePurchased: body.excludePurchased ?? false,
    category: body.category ?? null,
  };
}

/**
 * The definition kind `unit`.
 *
 * @param checkRule faults of a rule as units may use it; paths start with `/rule`
 */
export function createUnitKind(checkRule: (rule: JsonValue) => readonly ErrorDetail[]): DefinitionKind<UnitBody> {
  return {
    kind: "unit",
    label: "Recommendation unit",
    schema: unitSchema,
    check: (body) => {
      const faults: ErrorDetail[] = body.rule === undefined ? [] : [...checkRule(body.rule)];
      if (toStrategy(body.strategy) === undefined) {
        faults.push({
          path: "/strategy",
          code: "recommendations.unknownStrategy",
          message: `must be one of ${strategies.join(", ")}`,
        });
      }
      return faults;
    },
    references: audienceReferences,
  };
}
