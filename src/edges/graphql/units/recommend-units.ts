import { type PageType, pageTypes, type UnitAnswer } from "../../../recommendations/index.ts";
import type { Call, GraphqlDeps } from "../graphql-deps.ts";
import { type ProductView, productView } from "../products/product-view.ts";
import { type ShopperArgs, shopperOf } from "./shopper.ts";

export type UnitView = {
  readonly displayOrder: number;
  readonly pageType: string | null;
  readonly productsView: readonly ProductView[];
  readonly storefrontLabel: string;
  readonly totalProducts: number;
  readonly typeId: string;
  readonly unitId: string;
  readonly unitName: string;
  readonly userError: string | null;
};

export type UnitDeps = Pick<GraphqlDeps, "units" | "eligible" | "settings">;

const maxUnits = 50;

/** Answers units for the shopper of a call; those that this shopper may not see are left out. */
export async function answerUnits(
  deps: UnitDeps,
  call: Call,
  args: ShopperArgs,
  units: readonly string[] | { readonly pageType: PageType },
): Promise<readonly UnitAnswer[]> {
  const { profile, ...page } = await shopperOf(call, args, deps.settings.currency);
  const { storeView, identityKey, pageKey } = call;
  const isEligible = deps.eligible(profile, { storeView, identityKey });
  return deps.units.answer({
    ...page,
    units,
    storeView,
    identityKey,
    pageKey,
    profile: profile?.state ?? null,
    profileId: profile?.profileId ?? "",
    prices: await call.prices(),
    isEligible: ({ body }) => isEligible(body),
  });
}

/** The units by id or key, in the order asked for; one that cannot be answered says so in `userError` and never fails the page. */
export async function recommendByUnitIds(
  deps: UnitDeps,
  call: Call,
  args: ShopperArgs & { readonly unitIds: readonly string[] },
) {
  const names = args.unitIds.slice(0, maxUnits);
  const answers = await answerUnits(deps, call, args, names);
  const priced = { ...call, catalog: await call.priced() };
  const results = names.map((name, at): UnitView => {
    const unit = deps.units.find(name);
    const answer = unit && answers.find(({ unitId }) => unitId === unit.id);
    // Clients look for their unit by the name that they asked for.
    return answer
      ? { ...unitView(answer, priced, at + 1), unitId: name }
      : missingUnit(name, at + 1, unit !== undefined);
  });
  return { results, totalResults: results.length };
}

/** Every unit of a kind of page, by their position on it; without a kind, of all. */
export async function recommendForPage(
  deps: UnitDeps,
  call: Call,
  args: ShopperArgs & { readonly pageType?: PageType | null },
) {
  const names = (args.pageType ? [args.pageType] : pageTypes).flatMap((pageType) =>
    deps.units.unitsOf(pageType).map(({ id }) => id),
  );
  const answers = await answerUnits(deps, call, args, names);
  const priced = { ...call, catalog: await call.priced() };
  const results = answers.map((answer, at) => unitView(answer, priced, at + 1));
  return { results, totalResults: results.length };
}

function unitView(answer: UnitAnswer, call: Call, displayOrder: number): UnitView {
  const products = answer.items.flatMap(({ sku, queryType, rank, score }) => {
    const product = call.catalog.get(sku);
    return product ? [{ ...productView(product, call.catalog), queryType, rank, score }] : [];
  });
  return {
    displayOrder,
    pageType: answer.pageType,
    productsView: products,
    storefrontLabel: answer.label,
    totalProducts: products.length,
    typeId: answer.typeId,
    unitId: answer.unitId,
    unitName: answer.unitName,
    userError: answer.userError,
  };
}

/** @param isKnown the unit exists, and is not for this shopper, store view or time */
function missingUnit(name: string, displayOrder: number, isKnown: boolean): UnitView {
  return {
    displayOrder,
    pageType: null,
    productsView: [],
    storefrontLabel: "",
    totalProducts: 0,
    typeId: "",
    unitId: name,
    unitName: "",
    // Who may not see a unit is told nothing about it.
    userError: isKnown ? null : "There is no live recommendation unit with this id or key",
  };
}
