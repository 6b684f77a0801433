import { Type } from "typebox";
import type { DefinitionKind, DefinitionReference } from "../../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../../kernel/index.ts";
import { sanitizeMarkup } from "../sanitize-markup.ts";
import { type BlockBody, type BlockContent, blockLocations, domActions } from "./block.ts";
import { contentFaults, type PlaceholderCheck } from "./template/content-faults.ts";
import { type PictureCheck, pictureFaults } from "./template/picture-faults.ts";

const maxMarkup = 100_000;
const maxJson = 32_768;
const maxVariants = 50;

export const placementSchema = Type.String({
  // A surface is how Adobe's clients name a page or a part of it.
  pattern: "^(?:[a-z0-9][a-z0-9._-]{0,99}|web://[a-z0-9.:-]{1,100}/[^\\s?]{0,200})$",
  description: "Name of a place on a page, e.g. home.hero, or a surface web://host/path#part",
});

const keysSchema = (maxItems: number, description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems, description });

const contentFields = {
  html: Type.Optional(Type.String({ minLength: 1, maxLength: maxMarkup })),
  link: Type.Optional(Type.String({ maxLength: 2_000 })),
  alt: Type.Optional(Type.String({ maxLength: 500 })),
  json: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown())),
};

const targetSchema = Type.Object(
  {
    selector: Type.String({ minLength: 1, maxLength: 500, description: "CSS selector" }),
    action: Type.Union(domActions.map((action) => Type.Literal(action))),
    view: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "View of a single-page shop" })),
  },
  { additionalProperties: false },
);

const variantSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    storeViews: Type.Optional(keysSchema(200, "Absent or empty = all")),
    audiences: Type.Optional(keysSchema(100, "Any of them; absent or empty = everybody")),
    ...contentFields,
  },
  { additionalProperties: false },
);

export const locationsSchema = Type.Array(Type.Union(blockLocations.map((location) => Type.Literal(location))), {
  uniqueItems: true,
  description: "Absent or empty = anywhere",
});

const blockSchema = Type.Object(
  {
    placement: placementSchema,
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    audiences: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }),
    externalAudiences: Type.Optional(keysSchema(100, "Audiences that came from elsewhere; ANDed with audiences")),
    rule: Type.Optional(Type.Unknown()),
    ...contentFields,
    dom: Type.Optional(targetSchema),
    locations: Type.Optional(locationsSchema),
    variants: Type.Optional(Type.Array(variantSchema, { maxItems: maxVariants, description: "First match wins" })),
    cartPriceRules: Type.Optional(keysSchema(100, "Shown only while one of the linked price rules applies")),
    catalogPriceRules: Type.Optional(keysSchema(100, "Shown only while one of the linked price rules applies")),
    product: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: "SKU of {{product.…}}; absent = that of the page" }),
    ),
  },
  { additionalProperties: false },
);

/** References of a list of keys in a body. */
function referencesOf(kind: string, path: string, keys: readonly string[] = []): readonly DefinitionReference[] {
  return keys.map((key, index) => ({ kind, key, path: `${path}/${index}` }));
}

/** References of a body to the audiences it names; shared by every kind with an `audiences` list. */
export function audienceReferences(body: { readonly audiences: readonly string[] }): readonly DefinitionReference[] {
  return referencesOf("audience", "/audiences", body.audiences);
}

/** A content that shows nothing at all is none. */
function hasContent({ html, json }: BlockContent): boolean {
  return html !== undefined || json !== undefined;
}

function contentLimits({ html, json }: BlockContent, path: string): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  if (json !== undefined && JSON.stringify(json).length > maxJson)
    faults.push({ path: `${path}/json`, code: "content.tooLarge", message: `must be at most ${maxJson} characters` });
  if (html !== undefined && sanitizeMarkup(html).trim() === "") {
    faults.push({
      path: `${path}/html`,
      code: "content.empty",
      message: "nothing is left after unsafe markup was removed",
    });
  }
  return faults;
}

function checkContents(body: BlockBody, check: PlaceholderCheck & PictureCheck): readonly ErrorDetail[] {
  const { variants = [] } = body;
  const faultsOf = (content: BlockContent, path: string) => [
    ...contentLimits(content, path),
    ...contentFaults(content, path, check),
    ...pictureFaults(content, path, check),
  ];
  const faults: ErrorDetail[] = [...faultsOf(body, "")];
  for (const [index, variant] of variants.entries()) {
    const path = `/variants/${index}`;
    faults.push(...faultsOf(variant, path));
    if (!hasContent(variant)) faults.push({ path, code: "content.empty", message: "must have html or json" });
  }
  if (variants.length === 0 && !hasContent(body))
    faults.push({ path: "/html", code: "content.empty", message: "the block must have html, json or a variant" });
  return faults;
}

export type BlockKindDeps = PlaceholderCheck &
  PictureCheck & {
    /** Faults of a rule as blocks may use it; paths start with `/rule`. */
    readonly checkRule: (rule: JsonValue) => readonly ErrorDetail[];
  };

/** The definition kind `block`. */
export function createBlockKind(deps: BlockKindDeps): DefinitionKind<BlockBody> {
  return {
    kind: "block",
    label: "Dynamic block",
    schema: blockSchema,
    check: (body) => [...(body.rule === undefined ? [] : deps.checkRule(body.rule)), ...checkContents(body, deps)],
    references: (body) => [
      ...audienceReferences(body),
      ...referencesOf("audience", "/externalAudiences", body.externalAudiences),
      ...(body.variants ?? []).flatMap(({ audiences }, index) =>
        referencesOf("audience", `/variants/${index}/audiences`, audiences),
      ),
      ...referencesOf("cart-price-rule", "/cartPriceRules", body.cartPriceRules),
      ...referencesOf("catalog-price-rule", "/catalogPriceRules", body.catalogPriceRules),
    ],
  };
}
