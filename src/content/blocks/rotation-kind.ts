import { Type } from "typebox";
import type { DefinitionKind } from "../../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../../kernel/index.ts";
import type { BlockLocation } from "./block.ts";
import { audienceReferences, locationsSchema, placementSchema } from "./block-kind.ts";

/** `display_all` one below the other; the others show one block a load: any, the next in order, or any that was not shown yet. */
export const rotationModes = ["display_all", "random", "series", "shuffle"] as const;
export type RotationMode = (typeof rotationModes)[number];

/** Which blocks take part: those named, or all that are linked to a price rule. */
export const rotationSources = ["specified", "cart_price_rules", "catalog_price_rules"] as const;
export type RotationSource = (typeof rotationSources)[number];

/** Several blocks that share a place. Where it stands is said by placement and rule: categories, products, pages. */
export type RotationBody = {
  readonly placement: string;
  /** Lower first; competes with the blocks and units of the placement. */
  readonly priority: number;
  readonly audiences: readonly string[];
  readonly rule?: JsonValue;
  readonly mode: RotationMode;
  readonly source: RotationSource;
  /** Keys in the order in which `series` and `display_all` show them; of `specified` only. */
  readonly blocks?: readonly string[];
  /** Only blocks that may stand in one of these; empty or absent = all. */
  readonly locations?: readonly BlockLocation[];
};

export const maxRotating = 100;

const rotationSchema = Type.Object(
  {
    placement: placementSchema,
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    audiences: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }),
    rule: Type.Optional(Type.Unknown()),
    mode: Type.Union(rotationModes.map((mode) => Type.Literal(mode))),
    source: Type.Union(rotationSources.map((source) => Type.Literal(source))),
    blocks: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: maxRotating, uniqueItems: true }),
    ),
    locations: Type.Optional(locationsSchema),
  },
  { additionalProperties: false },
);

/** The definition kind `block-rotation`. */
export function createRotationKind(
  checkRule: (rule: JsonValue) => readonly ErrorDetail[],
): DefinitionKind<RotationBody> {
  return {
    kind: "block-rotation",
    label: "Block rotation",
    schema: rotationSchema,
    check: ({ rule, source, blocks = [] }) => {
      const faults: ErrorDetail[] = rule === undefined ? [] : [...checkRule(rule)];
      const isSpecified = source === "specified";
      if (isSpecified !== blocks.length > 0)
        faults.push({
          path: "/blocks",
          code: "content.rotationBlocks",
          message: isSpecified ? "must name at least one block" : "belongs to the source specified only",
        });
      return faults;
    },
    references: (body) => [
      ...audienceReferences(body),
      ...(body.blocks ?? []).map((key, index) => ({ kind: "block", key, path: `/blocks/${index}` })),
    ],
  };
}
