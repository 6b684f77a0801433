import { Type } from "typebox";
import type { DefinitionKind } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import { limitFaults } from "./limit-faults.ts";

/** One order that shoppers may choose. */
export type SortOptionBody = {
  /** What clients send as `sort`, e.g. `cheapest`; without underscores, at which Adobe's storefront cuts. */
  readonly code: string;
  readonly label: string;
  /** First key decides, later ones the ties; `relevance` is the merchandised order. */
  readonly keys: readonly { readonly attribute: string; readonly direction: "asc" | "desc" }[];
  /** Order in the menu, lower first; default 0. */
  readonly position?: number;
};

const maxLiveSortOptions = 200;
const maxKeys = 5;

/**
 * The definition kind `sort-option`.
 *
 * @param isSortable whether lists can be ordered by an attribute
 */
export function createSortOptionKind(isSortable: (attribute: string) => boolean): DefinitionKind<SortOptionBody> {
  return {
    kind: "sort-option",
    label: "Sort option",
    schema: Type.Object(
      {
        code: Type.String({ pattern: "^[a-z0-9][a-z0-9-]{0,39}$" }),
        label: Type.String({ minLength: 1, maxLength: 200 }),
        keys: Type.Array(
          Type.Object(
            {
              attribute: Type.String({ pattern: "^[^:,]{1,100}$" }),
              direction: Type.Union([Type.Literal("asc"), Type.Literal("desc")]),
            },
            { additionalProperties: false },
          ),
          { minItems: 1, maxItems: maxKeys },
        ),
        position: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, default: 0 })),
      },
      { additionalProperties: false },
    ),
    check: (body, context) => {
      const faults: ErrorDetail[] = [...limitFaults("sort-option", maxLiveSortOptions, context)];
      const seen = new Set<string>();
      for (const [index, { attribute }] of body.keys.entries()) {
        const path = `/keys/${index}/attribute`;
        if (!isSortable(attribute))
          faults.push({ path, code: "unknownAttribute", message: `lists cannot be ordered by ${attribute}` });
        if (seen.has(attribute))
          faults.push({ path, code: "repeated", message: `${attribute} is there already: it decides nothing again` });
        seen.add(attribute);
      }
      return faults;
    },
  };
}
