import { Type } from "typebox";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import { limitFaults } from "./limit-faults.ts";

/** How one facet is shown. Its values and labels are those of the attribute as it is now. */
export type FacetBody = {
  /** Attribute code, `categories` or `price`. */
  readonly attribute: string;
  /** Default: the label of the attribute. */
  readonly label?: string;
  /** Always shown, before those chosen for each result. */
  readonly pinned?: boolean;
  /** Order of pinned facets, lower first; default 0. */
  readonly position?: number;
  readonly sort?: "count" | "alphabetical";
  /** Choices shown, 1 to 1,000; default 8. Of ranges: how many. */
  readonly maxValues?: number;
  /** Of numbers: chosen from the data, or steps of one width (in major units of money). */
  readonly ranges?: { readonly kind: "auto" } | { readonly kind: "fixed"; readonly width: number };
};

export const defaultMaxValues = 8;
const maxLiveFacets = 1_000;
const maxRanges = 50;

/**
 * The definition kind `facet`.
 *
 * @param attributeOf what is known of an attribute; undefined when no product has it
 */
export function createFacetKind(
  attributeOf: (code: string) => { readonly isNumber: boolean; readonly isFilterable: boolean } | undefined,
): DefinitionKind<FacetBody> {
  return {
    kind: "facet",
    label: "Facet",
    schema: Type.Object(
      {
        attribute: Type.String({ minLength: 1, maxLength: 100 }),
        label: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        pinned: Type.Optional(Type.Boolean({ default: false })),
        position: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, default: 0 })),
        sort: Type.Optional(Type.Union([Type.Literal("count"), Type.Literal("alphabetical")], { default: "count" })),
        maxValues: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: defaultMaxValues })),
        ranges: Type.Optional(
          Type.Union([
            Type.Object({ kind: Type.Literal("auto") }, { additionalProperties: false }),
            Type.Object(
              { kind: Type.Literal("fixed"), width: Type.Number({ exclusiveMinimum: 0, maximum: 40_000_000 }) },
              { additionalProperties: false },
            ),
          ]),
        ),
      },
      { additionalProperties: false },
    ),
    check: (body, context) => [...limitFaults("facet", maxLiveFacets, context), ...facetFaults(body, attributeOf)],
  };
}

function facetFaults(body: FacetBody, attributeOf: Parameters<typeof createFacetKind>[0]): readonly ErrorDetail[] {
  const { attribute, ranges, maxValues } = body;
  const known = attributeOf(attribute);
  if (!known) {
    const message = `no product has the attribute ${attribute}`;
    return [{ path: "/attribute", code: "unknownAttribute", message }];
  }
  const faults: ErrorDetail[] = [];
  if (!known.isFilterable) {
    const message = `${attribute} cannot be filtered by: make it filterable in the catalog`;
    faults.push({ path: "/attribute", code: "notFilterable", message });
  }
  if (ranges && !known.isNumber)
    faults.push({ path: "/ranges", code: "notAllowed", message: `${attribute} has no numbers to make ranges of` });
  if (ranges && maxValues !== undefined && maxValues > maxRanges)
    faults.push({ path: "/maxValues", code: "range", message: `at most ${maxRanges} ranges` });
  return faults;
}
