import type { Item, Money } from "./types.ts";

type Extra = { readonly [key: string]: unknown };
type WithItems = { readonly items?: readonly Item[] } & Extra;
type CartProperties = WithItems & { readonly cartId?: string; readonly discount?: Money; readonly coupon?: string };
type ListProperties = WithItems & { readonly listId?: string; readonly name?: string };
type SearchProperties = WithItems & {
  readonly searchId?: string;
  readonly searchQuery?: string;
  readonly filters?: readonly unknown[];
  readonly sort?: string;
};
type UnitProperties = WithItems & {
  readonly unitId: string;
  readonly decisionId?: string;
  readonly placement?: string;
  /** Place in the unit, from 1. */
  readonly rank?: number;
  readonly sku?: string;
};
type PropositionProperties = Extra & {
  readonly decisionId: string;
  readonly placement?: string;
  readonly blockId?: string;
};

/** Properties of each storefront event, by canonical event name. Unknown keys are kept. */
export type EventProperties = {
  /** `pageType` is remembered as `context.page.type` until the next page view. */
  readonly pageView: Extra & { readonly pageType?: string };
  readonly categoryView: WithItems & { readonly categoryPath: string; readonly name?: string };
  readonly productPageView: { readonly items: readonly Item[] } & Extra;
  readonly searchRequestSent: SearchProperties;
  readonly searchResponseReceived: SearchProperties & {
    readonly results?: number;
    readonly suggestions?: readonly string[];
  };
  readonly searchResultsView: SearchProperties & { readonly results?: number };
  readonly searchProductClick: SearchProperties & { readonly sku?: string; readonly rank?: number };
  readonly searchCategoryClick: SearchProperties & { readonly categoryPath?: string };
  readonly searchSuggestionClick: SearchProperties & { readonly suggestion?: string };
  readonly addToCart: CartProperties;
  readonly removeFromCart: CartProperties;
  readonly openCart: CartProperties;
  readonly shoppingCartView: CartProperties;
  readonly startCheckout: CartProperties;
  readonly completeCheckout: CartProperties & {
    readonly orderId: string;
    readonly orderTotal?: Money;
    readonly tax?: Money;
    readonly shipping?: Money;
  };
  readonly createAccount: Extra;
  readonly editAccount: Extra;
  readonly createRequisitionList: ListProperties;
  readonly addToRequisitionList: ListProperties;
  readonly removeFromRequisitionList: ListProperties;
  readonly deleteRequisitionList: ListProperties;
  readonly quoteAccepted: CartProperties & { readonly quoteId: string };
  readonly addToWishlist: ListProperties;
  readonly removeFromWishlist: ListProperties;
  readonly recsUnitRender: UnitProperties;
  readonly recsUnitView: UnitProperties;
  readonly recsItemClick: UnitProperties;
  readonly recsItemAddToCartClick: UnitProperties;
  readonly propositionDisplay: PropositionProperties;
  readonly propositionInteract: PropositionProperties;
};

export type EventName = keyof EventProperties;

/** One method per storefront event; each returns the `messageId` of the event it queued. */
export type EventMethods = {
  readonly [name in EventName]: (properties?: EventProperties[name]) => string;
};

const everyName: { readonly [name in EventName]: true } = {
  pageView: true,
  categoryView: true,
  productPageView: true,
  searchRequestSent: true,
  searchResponseReceived: true,
  searchResultsView: true,
  searchProductClick: true,
  searchCategoryClick: true,
  searchSuggestionClick: true,
  addToCart: true,
  removeFromCart: true,
  openCart: true,
  shoppingCartView: true,
  startCheckout: true,
  completeCheckout: true,
  createAccount: true,
  editAccount: true,
  createRequisitionList: true,
  addToRequisitionList: true,
  removeFromRequisitionList: true,
  deleteRequisitionList: true,
  quoteAccepted: true,
  addToWishlist: true,
  removeFromWishlist: true,
  recsUnitRender: true,
  recsUnitView: true,
  recsItemClick: true,
  recsItemAddToCartClick: true,
  propositionDisplay: true,
  propositionInteract: true,
};

/** Every name that has a typed method; `signIn` and `signOut` have their own. */
export const eventNames: readonly string[] = Object.keys(everyName);
