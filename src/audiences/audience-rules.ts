import { Compile } from "typebox/schema";
import type { CatalogSnapshot, ProductPrices } from "../catalog/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import {
  type AttributeCatalog,
  type AttributeSpec,
  type CompiledRule,
  compileRule,
  type RuleEnvironment,
  type RuleNode,
  type RuleObject,
  type RuleUse,
  ruleSchema,
  validateRule,
} from "../kernel/rules/index.ts";
import { attributesOf } from "./attributes.ts";
import { childCategories, productFacts } from "./product-facts.ts";
import { scopeRule } from "./scope-rule.ts";

type AudienceRulesDeps = {
  readonly catalog: { readonly current: () => CatalogSnapshot };
  /** Zone of rules that name none, IANA. */
  readonly config: { readonly timezone: string };
  /** Attributes of defined traits; the same list until one changes. */
  readonly traitAttributes?: () => readonly AttributeSpec[];
  /** Units of `to` for one unit of `from` today. */
  readonly rateOf?: RuleEnvironment["rateOf"];
};

const noTraits: readonly AttributeSpec[] = [];

type CompileOptions = {
  readonly timezone?: string | undefined;
  readonly use?: RuleUse;
  readonly exists?: RuleEnvironment["exists"];
  /** Only what happened in these store views counts; null or absent = all. */
  readonly storeViews?: readonly string[] | null | undefined;
};

/** Rules over the attributes of this shop: checked, compiled, and told the facts of its products. */
export function createAudienceRules({ catalog, config, traitAttributes, rateOf }: AudienceRulesDeps) {
  type Known = { readonly meta: CatalogSnapshot["attributes"]; readonly traits: readonly AttributeSpec[] };
  let known: (Known & { readonly attributes: AttributeCatalog }) | undefined;
  const attributes = (): AttributeCatalog => {
    const snapshot = catalog.current();
    const traits = traitAttributes?.() ?? noTraits;
    if (known?.meta !== snapshot.attributes || known.traits !== traits) {
      known = { meta: snapshot.attributes, traits, attributes: attributesOf(snapshot, traits) };
    }
    return known.attributes;
  };
  const environmentOf = (options: CompileOptions): RuleEnvironment => ({
    catalog: attributes(),
    ...(options.use === "cart_action" ? { itemKind: "line" as const } : {}),
    timezone: options.timezone ?? config.timezone,
    childrenOf: (path) => childCategories(catalog.current(), path),
    ...(options.exists ? { exists: options.exists } : {}),
    ...(rateOf ? { rateOf } : {}),
  });
  const read = (rule: unknown, options: CompileOptions): { readonly node: RuleNode; readonly rule: CompiledRule } => {
    const timezone = options.timezone ?? config.timezone;
    const result = validateRule(rule, { catalog: attributes(), use: options.use ?? "block", timezone });
    const whole = result.ok ? result.rule : storedNode(rule);
    const node = options.storeViews ? scopeRule(whole, options.storeViews) : whole;
    return { node, rule: compileRule(node, environmentOf(options)) };
  };
  return {
    environmentOf,
    /** As `compile`, with the tree that was compiled. */
    read,
    /** Every attribute that a rule may name, rebuilt when the shop's product attributes change. */
    attributes,
    catalog: () => catalog.current(),
    timezone: config.timezone,

    /** All faults of a rule from outside; each path is a JSON pointer that starts with `prefix`. */
    faultsOf: (rule: unknown, use: RuleUse, prefix: string, timezone?: string): readonly ErrorDetail[] => {
      const result = validateRule(rule, { catalog: attributes(), use, timezone: timezone ?? config.timezone });
      return result.ok ? [] : result.faults.map((fault) => ({ ...fault, path: `${prefix}${fault.path}` }));
    },

    /** Compiles a stored rule; what it names that has gone is a broken leaf, never an error. */
    compile: (rule: unknown, options: CompileOptions = {}): CompiledRule => read(rule, options).rule,

    /** @param prices what products cost the shopper; default: what the catalog says */
    productOf: (sku: string, prices?: ProductPrices): RuleObject | undefined =>
      productFacts(catalog.current(), sku, prices),
  };
}

const nobody: RuleNode = { not: { everyone: true } };
let shape: { readonly Check: (value: unknown) => boolean } | undefined;

/**
 * A rule that no longer validates was valid once. As long as it has the shape of a rule, leaves over what has gone come
 * out as broken; a rule of another version, of a shape we cannot read, holds for nobody.
 */
function storedNode(rule: unknown): RuleNode {
  shape ??= Compile(ruleSchema);
  return shape.Check(rule) ? (rule as RuleNode) : nobody;
}

export type AudienceRules = ReturnType<typeof createAudienceRules>;
