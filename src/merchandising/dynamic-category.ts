import { Type } from "typebox";
import type { DefinitionKind } from "../definitions/index.ts";
import type { JsonValue } from "../kernel/index.ts";
import { categoryPathSchema } from "./category-rule.ts";
import type { CheckRule } from "./eligibility.ts";
import { limitFaults } from "./limit-faults.ts";

/** A category whose products follow from a condition. */
export type DynamicCategoryBody = {
  /** Path that no category of the catalog has, e.g. `sale/under-50`. */
  readonly category: string;
  readonly name: string;
  /** A condition on `product.`. */
  readonly where: JsonValue;
};

const maxLiveCategories = 200;

/** The definition kind `dynamic-category`. @param isInCatalog whether the catalog has a category of that path */
export function createDynamicCategoryKind(
  checkRule: CheckRule,
  isInCatalog: (path: string) => boolean,
): DefinitionKind<DynamicCategoryBody> {
  return {
    kind: "dynamic-category",
    label: "Dynamic category",
    schema: Type.Object(
      {
        category: categoryPathSchema,
        name: Type.String({ minLength: 1, maxLength: 200 }),
        where: Type.Unknown({ description: "A condition of the rule language on products" }),
      },
      { additionalProperties: false },
    ),
    check: (body, context) => {
      const taken = context
        .live<DynamicCategoryBody>("dynamic-category")
        .some(({ key, body: other }) => key !== context.key && other.category === body.category);
      const isTaken = taken || isInCatalog(body.category);
      return [
        ...limitFaults("dynamic-category", maxLiveCategories, context),
        ...(isTaken
          ? [{ path: "/category", code: "taken", message: `there is a category ${body.category} already` }]
          : []),
        ...checkRule(body.where, "catalog_rule", "/where"),
      ];
    },
  };
}
