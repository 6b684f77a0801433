import { Type } from "typebox";
import { audienceReferences, placementSchema } from "../content/index.ts";
import type { DefinitionKind, LiveDefinition } from "../definitions/index.ts";
import type { JsonValue } from "../kernel/index.ts";
import { type CheckRule, type ListName, listNames } from "./rule-kind.ts";

/** How the candidates of a list are brought into order before it is cut. */
export const rotations = ["priority-then-id", "priority-then-random", "weighted-random"] as const;
export type Rotation = (typeof rotations)[number];

/** Whose products a list shows: links that people set, those of rules, or the links first and rules after them. */
export const sources = ["both", "selected", "rules"] as const;
export type ListSource = (typeof sources)[number];

/** The settings of one list at one placement. */
export type RelatedListBody = {
  readonly placement: string;
  /** Lower first. */
  readonly priority: number;
  readonly audiences: readonly string[];
  readonly rule?: JsonValue;
  readonly list: ListName;
  /** Heading that shoppers read. */
  readonly label: string;
  /** 1 to 20 products; default 6. */
  readonly maximum?: number;
  /** Default `both`. */
  readonly show?: ListSource;
  /** Default `priority-then-id`. */
  readonly rotation?: Rotation;
  /** Leave out what is in the cart; default true. A list of cross-sells always does. */
  readonly excludeCart?: boolean;
};

/** A list with its defaults filled in. */
export type ListSettings = {
  /** Id of the definition; empty for a list that nobody has configured. */
  readonly id: string;
  readonly version: number;
  readonly label: string;
  readonly list: ListName;
  readonly maximum: number;
  readonly show: ListSource;
  readonly rotation: Rotation;
  readonly excludeCart: boolean;
};

export const maxListLength = 20;
const defaultMaximum = 6;

const listSchema = Type.Object(
  {
    placement: placementSchema,
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    audiences: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }),
    rule: Type.Optional(Type.Unknown()),
    list: Type.Union(listNames.map((name) => Type.Literal(name))),
    label: Type.String({ minLength: 1, maxLength: 200, description: "Heading that shoppers read" }),
    maximum: Type.Optional(Type.Integer({ minimum: 1, maximum: maxListLength, default: defaultMaximum })),
    show: Type.Optional(Type.Union(sources.map((name) => Type.Literal(name)))),
    rotation: Type.Optional(Type.Union(rotations.map((name) => Type.Literal(name)))),
    excludeCart: Type.Optional(Type.Boolean({ default: true })),
  },
  { additionalProperties: false },
);

/** The definition kind `related-product-list`. */
export function createRelatedListKind(checkRule: CheckRule): DefinitionKind<RelatedListBody> {
  return {
    kind: "related-product-list",
    label: "Related product list",
    schema: listSchema,
    check: (body) => (body.rule === undefined ? [] : checkRule(body.rule, "block", "/rule")),
    references: audienceReferences,
  };
}

const defaultLabels: Readonly<Record<ListName, string>> = {
  related: "Related products",
  upsell: "You may prefer",
  crosssell: "Goes well with your cart",
};

/** What clicks on a list name it by, and what its figures stand under. */
export function unitIdOf({ id, list }: Pick<ListSettings, "id" | "list">): string {
  return id || `related-products.${list}`;
}

/** The settings of a configured list. */
export function settingsOf({ id, version, body }: LiveDefinition<RelatedListBody>): ListSettings {
  const {
    list,
    label,
    maximum = defaultMaximum,
    show = "both",
    rotation = "priority-then-id",
    excludeCart = true,
  } = body;
  return {
    ...{ id, version, list, label, maximum, show, rotation },
    excludeCart: excludeCart || list === "crosssell",
  };
}

/** The settings of a list that nobody has configured. */
export function defaultSettings(list: ListName): ListSettings {
  return {
    ...{ id: "", version: 0, list, label: defaultLabels[list], maximum: defaultMaximum },
    ...{ show: "both", rotation: "priority-then-id", excludeCart: true },
  };
}
