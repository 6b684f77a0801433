import { Type } from "typebox";
import { audienceReferences } from "../../content/index.ts";
import type { DefinitionKind } from "../../definitions/index.ts";
import type { ErrorDetail } from "../../kernel/index.ts";
import { parseLocalDate } from "../../kernel/rules/index.ts";
import { foldCode } from "../fold-code.ts";
import type { CatalogRuleBody, PriceAction } from "./catalog-rule.ts";
import { productKeysOf } from "./product-keys.ts";

export const catalogRuleKind = "catalog-price-rule";

/** Once a second and kind of visitor every live rule is looked at: 100 take 15 µs. */
const maxLiveRules = 2_000;
const maxCurrencies = 50;

const localDate = (description: string) =>
  Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description }));
const codes = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 1_000, description }));

const percentAction = (type: "by_percent" | "to_percent", description: string) =>
  Type.Object(
    {
      type: Type.Literal(type),
      percent: Type.String({ pattern: "^\\d{1,3}(\\.\\d{1,6})?$", description }),
    },
    { additionalProperties: false },
  );
const amountAction = (type: "by_fixed" | "to_fixed", description: string) =>
  Type.Object(
    {
      type: Type.Literal(type),
      amounts: Type.Array(
        Type.Object(
          {
            minor: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
            currency: Type.String({ pattern: "^[A-Z]{3}$" }),
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: maxCurrencies, description },
      ),
    },
    { additionalProperties: false },
  );

export const ruleSchema = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 2_000 })),
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    websites: codes("Website codes; absent = all"),
    customerGroups: codes("not_logged_in is a group like any other; absent = all"),
    from: localDate("First day in the shop's time zone, inclusive"),
    to: localDate("Last day in the shop's time zone, inclusive"),
    conditions: Type.Optional(Type.Unknown({ description: "A rule on product.; absent = every product" })),
    action: Type.Union([
      percentAction("by_percent", "Per cent off, 0 to 100, e.g. 12.5"),
      percentAction("to_percent", "Per cent of the price that is left, 0 to 100"),
      amountAction("by_fixed", "So much off; other currencies take the first at today's rate"),
      amountAction("to_fixed", "At most so much; other currencies take the first at today's rate"),
    ]),
    stop: Type.Optional(Type.Boolean({ default: false, description: "Discards rules behind this one" })),
    audiences: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 100,
        description: "Only members of any of them, where the storefront says who asks; absent = everybody",
      }),
    ),
    blocks: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 100,
        description: "Blocks shown with the rule",
      }),
    ),
  },
  { additionalProperties: false },
);

export type CheckRule = (rule: unknown, use: "catalog_rule", prefix: string) => readonly ErrorDetail[];

function listFaults(path: string, given: readonly string[] | undefined, what: string): readonly ErrorDetail[] {
  if (!given) return [];
  if (given.length === 0)
    return [{ path, code: "empty", message: `choose at least one ${what}, or leave the field out for all` }];
  const folded = given.map(foldCode);
  return folded.flatMap((code, index) => {
    if (code === "") return [{ path: `${path}/${index}`, code: "empty", message: `the ${what} has no code` }];
    return folded.indexOf(code) === index
      ? []
      : [{ path: `${path}/${index}`, code: "duplicate", message: `${code} occurs twice` }];
  });
}

function dateFaults({ from, to }: CatalogRuleBody): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  for (const [path, day] of [
    ["/from", from],
    ["/to", to],
  ] as const) {
    if (day !== undefined && parseLocalDate(day) === undefined)
      faults.push({ path, code: "date", message: `${day} is no day of the calendar` });
  }
  if (faults.length === 0 && from !== undefined && to !== undefined && from > to)
    faults.push({ path: "/to", code: "range", message: `the last day ${to} lies before the first, ${from}` });
  return faults;
}

function actionFaults(action: PriceAction): readonly ErrorDetail[] {
  if ("percent" in action)
    return Number(action.percent) > 100
      ? [{ path: "/action/percent", code: "range", message: "must be 0 to 100" }]
      : [];
  return action.amounts.flatMap(({ currency }, index) =>
    action.amounts.findIndex((each) => each.currency === currency) === index
      ? []
      : [{ path: `/action/amounts/${index}/currency`, code: "duplicate", message: `${currency} occurs twice` }],
  );
}

/** A condition on the price that the rule itself makes has no meaning. */
function circleFaults(conditions: unknown): readonly ErrorDetail[] {
  return productKeysOf(conditions).includes("final_price")
    ? [
        {
          path: "/conditions",
          code: "circular",
          message: "product.final_price follows from these rules: compare product.price, the list price",
        },
      ]
    : [];
}

/** The definition kind `catalog-price-rule`. */
export function createCatalogRuleKind(checkRule: CheckRule): DefinitionKind<CatalogRuleBody> {
  return {
    kind: catalogRuleKind,
    label: "Catalog price rule",
    schema: ruleSchema,
    check: (body, { key, live }) => {
      const others = live(catalogRuleKind);
      return [
        ...(others.length >= maxLiveRules && !others.some((each) => each.key === key)
          ? [{ path: "", code: "tooMany", message: `at most ${maxLiveRules} rules can be live: pause or archive one` }]
          : []),
        ...listFaults("/websites", body.websites, "website"),
        ...listFaults("/customerGroups", body.customerGroups, "customer group"),
        ...dateFaults(body),
        ...actionFaults(body.action),
        ...(body.conditions === undefined ? [] : checkRule(body.conditions, "catalog_rule", "/conditions")),
        ...circleFaults(body.conditions),
      ];
    },
    references: ({ audiences = [], blocks = [] }) => [
      ...audienceReferences({ audiences }),
      ...blocks.map((key, index) => ({ kind: "block", key, path: `/blocks/${index}` })),
    ],
  };
}
