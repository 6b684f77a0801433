import type { CatalogSnapshot } from "../../catalog/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { AudienceRules } from "../audience-rules.ts";
import { customerTemplates } from "./customer-templates.data.ts";
import { libraryTemplates } from "./library.data.ts";
import { fallbackOf, readParameters } from "./parameters.ts";
import { createTemplateRoutes } from "./routes.ts";
import { shopTemplates } from "./shop-templates.data.ts";
import { signalTemplates } from "./signal-templates.data.ts";
import type { AudienceTemplate, ParameterValue, ShopFacts, TemplateParameter } from "./template.ts";

/** Ready audiences first, then the native condition families. */
export const audienceTemplates: readonly AudienceTemplate[] = [
  ...libraryTemplates,
  ...customerTemplates,
  ...shopTemplates,
  ...signalTemplates,
];

const templateByKey: ReadonlyMap<string, AudienceTemplate> = new Map(
  audienceTemplates.map((template) => [template.key, template]),
);

type TemplatesDeps = {
  readonly rules: Pick<AudienceRules, "faultsOf" | "catalog" | "timezone">;
  /** Currency of amounts that the author does not give. */
  readonly currency: string;
};

/** A template as lists show it, with the defaults of this shop. */
export type ListedTemplate = Omit<AudienceTemplate, "parameters" | "tree"> & {
  readonly parameters: readonly (Omit<TemplateParameter, "fallback"> & {
    readonly default: ParameterValue | undefined;
  })[];
  /** With all defaults; undefined when a parameter has none. */
  readonly tree: unknown;
};

/** Trees of the rule language from templates. Pure but for the catalog in memory. */
export function createTemplates({ rules, currency }: TemplatesDeps) {
  let known: { readonly catalog: CatalogSnapshot; readonly shop: ShopFacts } | undefined;
  const shop = (): ShopFacts => {
    const catalog = rules.catalog();
    if (known?.catalog !== catalog) known = { catalog, shop: { currency, ...wellKnown(catalog) } };
    return known.shop;
  };
  const treeOf = (template: AudienceTemplate, given: Readonly<Record<string, unknown>>): unknown => {
    const tree = template.tree(readParameters(template, given, shop()));
    const faults = rules.faultsOf(tree, "audience", "/tree", rules.timezone);
    if (faults.length === 0) return tree;
    throw new ClienteleError("rules.invalid", `the parameters make a rule with ${faults.length} faults; see details`, {
      details: faults,
    });
  };
  const listed = (template: AudienceTemplate): ListedTemplate => {
    const { tree: _tree, parameters, ...rest } = template;
    const shown = parameters.map(({ fallback, ...parameter }) => ({
      ...parameter,
      default: fallbackOf({ ...parameter, ...(fallback === undefined ? {} : { fallback }) }, shop()),
    }));
    const isComplete = shown.every((parameter) => parameter.default !== undefined);
    return { ...rest, parameters: shown, tree: isComplete ? treeOf(template, {}) : undefined };
  };
  return {
    list: (): readonly ListedTemplate[] => audienceTemplates.map(listed),
    /**
     * The rule that a template makes of parameters; what is not given takes its default.
     *
     * @throws {ClienteleError} `audiences.templateNotFound`, `audiences.templateParameters`, `rules.invalid`
     */
    tree: (key: string, given: Readonly<Record<string, unknown>>) => {
      const template = templateByKey.get(key);
      if (!template) throw new ClienteleError("audiences.templateNotFound", `there is no audience template ${key}`);
      return { template, tree: treeOf(template, given) };
    },
  };
}

export type Templates = ReturnType<typeof createTemplates>;

/**
 * Ready audiences and native conditions with parameters, and the routes that turn them into rules. What is made of them is an audience
 * like any other: put the tree into a draft of the definition kind `audience`.
 */
export function createAudienceTemplates(deps: TemplatesDeps) {
  const templates = createTemplates(deps);
  return { ...templates, routes: () => createTemplateRoutes(templates) };
}

/** The most specific category with most products, and the brand with most products. */
function wellKnown(catalog: CatalogSnapshot): Pick<ShopFacts, "category" | "brand"> {
  const categories = new Map<string, number>();
  const brands = new Map<string, number>();
  for (const { categories: paths, brand } of catalog.listed()) {
    for (const path of paths) categories.set(path, (categories.get(path) ?? 0) + 1);
    if (brand) brands.set(brand, (brands.get(brand) ?? 0) + 1);
  }
  const depths = [...categories.keys()].map(depthOf);
  // Not by spreading: a catalog may have more categories than a call takes arguments.
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), 0);
  const specific = new Map([...categories].filter(([path]) => depthOf(path) === deepest));
  return { category: mostFrequent(specific), brand: mostFrequent(brands) };
}

function depthOf(path: string): number {
  return path.split("/").length;
}

function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
}
