import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { Money } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import type { Profile } from "../../profiles/index.ts";
import type { Pictures } from "../assets/index.ts";
import type { BlockBody, BlockContent, BlockValue } from "./block.ts";
import { type BlockReason, type BlockViewer, variantFor } from "./judge-block.ts";
import { compiledOf, type Lookup } from "./template/compile-content.ts";
import { pictureOf } from "./template/placeholder.ts";
import { valuesOf } from "./template/placeholder-values.ts";

/** Whose block it is shown to, and what the page is about. */
export type BlockSight = BlockViewer & {
  /** SKUs of the page. */
  readonly items: readonly string[];
  readonly profile: Profile | null;
};

export type ShownBlock =
  | { readonly ok: true; readonly value: BlockValue; readonly variant: BlockReason | undefined }
  | { readonly ok: false; readonly reason: BlockReason };

export type ShowDeps = {
  readonly catalog: { current(): CatalogSnapshot };
  /** A product as rules read it. */
  readonly factsOf: (sku: string) => RuleObject | undefined;
  /** BCP 47 locale of a store view. */
  readonly localeOf: (storeView: string) => string;
  /** What a visitor pays for a product, after price rules. */
  readonly finalPriceOf: (
    product: CatalogProduct,
    visitor: { readonly profile: Profile | null; readonly storeView: string; readonly nowMs: number },
  ) => Money | null;
  /** Absent = contents name no pictures of the library. */
  readonly pictures?: Pictures;
};

function lookupOf(
  { catalog, factsOf, localeOf, finalPriceOf, pictures }: ShowDeps,
  body: BlockBody,
  sight: BlockSight,
): Lookup {
  let values: Lookup | undefined;
  return (path) => {
    const picture = pictureOf(path);
    if (picture !== undefined) return pictures?.altOf(picture, localeOf(sight.storeView));
    if (!values) {
      const sku = body.product ?? sight.items[0];
      const product = sku === undefined ? undefined : catalog.current().get(sku);
      values = valuesOf({
        read: sight.judge.read ?? (() => undefined),
        // Of a SKU that has left the catalog nothing is said.
        facts: sku === undefined || !product ? undefined : factsOf(sku),
        product,
        finalPriceOf: (each) => finalPriceOf(each, sight),
        locale: localeOf(sight.storeView),
      });
    }
    return values(path);
  };
}

/**
 * What a visitor gets of a block that they may see: the first variant that fits, sanitised and filled. A block whose placeholder has
 * neither value nor fallback is not shown: nobody reads `Hello ,`.
 */
export function createShowBlock(deps: ShowDeps) {
  return (
    { id, name, body }: Pick<LiveDefinition<BlockBody>, "id" | "name" | "body">,
    sight: BlockSight,
  ): ShownBlock => {
    const variant = variantFor(body, sight);
    const content: BlockContent = variant ?? body;
    if (content.html === undefined && content.json === undefined)
      return {
        ok: false,
        reason: { code: "no_variant", text: "No variant fits the visitor, and there is no default" },
      };
    const [unusable] = deps.pictures?.unusableIn(content, sight.nowMs) ?? [];
    if (unusable)
      return {
        ok: false,
        reason: { code: "picture", text: `The picture ${unusable.id} is not shown: ${unusable.why}` },
      };
    const filled = compiledOf(content).fill(lookupOf(deps, body, sight));
    if (!filled.ok)
      return {
        ok: false,
        reason: {
          code: "no_value",
          text: `The placeholder ${filled.missing} has no value`,
          placeholder: filled.missing,
        },
      };
    const index = variant ? (body.variants?.indexOf(variant) ?? -1) : -1;
    return {
      ok: true,
      value: {
        blockId: id,
        name,
        ...(deps.pictures ? deps.pictures.fillIn(filled.content) : filled.content),
        ...(body.dom === undefined ? {} : { dom: body.dom }),
      },
      variant: variant && {
        code: "variant",
        text: `Variant ${variant.name ?? index + 1}`,
        variant: index,
      },
    };
  };
}
