import type { Clientele, Item, Money } from "@clientele/browser";
import type { Card, Line, Order, Product, RequisitionList } from "../types.ts";

// Every storefront event of the shop, in one place: what it is called with is what a page has in hand, what is sent are
// the native property names.

/** How long an event id of a search ties its request, its answer and its clicks. */
export type SearchRef = { readonly searchId: string; readonly searchQuery: string };
type SearchDetails = { readonly filters: readonly string[]; readonly sort: string };

export function toItem(line: Line): Item {
  return {
    sku: line.sku,
    ...(line.parentSku !== null && { parentSku: line.parentSku }),
    name: line.name,
    qty: line.qty,
    unitPrice: line.unitPrice,
    lineTotal: line.lineTotal,
    ...(Object.keys(line.options).length > 0 && { options: line.options }),
    categories: line.categories,
  };
}

function cardItem({ sku, name, price, categories }: Pick<Card, "sku" | "name" | "price" | "categories">): Item {
  return { sku, name, ...(price && { unitPrice: price }), ...(categories && { categories }) };
}

const ranked = (cards: readonly Card[], offset: number): readonly Item[] =>
  cards.map((card, index) => ({ ...cardItem(card), rank: offset + index + 1 }));

function discountOf(discount: Money): { discount?: Money } {
  return discount.minor > 0 ? { discount } : {};
}

export type Tracking = ReturnType<typeof createTracking>;

export function createTracking(client: Clientele) {
  const lines = (cartId: string, list: readonly Line[]) => ({ cartId, items: list.map(toItem) });
  const list = ({ listId, name }: Pick<RequisitionList, "listId" | "name">, items: readonly Line[] = []) => ({
    listId,
    name,
    items: items.map(toItem),
  });

  return {
    pageView: (pageType: string) => client.pageView({ pageType }),
    categoryView: (categoryPath: string, name: string, cards: readonly Card[], offset: number) =>
      client.categoryView({ categoryPath, name, items: ranked(cards, offset) }),
    productPageView: (product: Product) => client.productPageView({ items: [cardItem(product)] }),

    searchRequestSent: (search: SearchRef, details: SearchDetails) =>
      client.searchRequestSent({ ...search, ...details }),
    searchResponseReceived: (
      search: SearchRef,
      results: number,
      cards: readonly Card[],
      offset: number,
      suggestions: readonly string[],
    ) => {
      client.searchResponseReceived({ ...search, results, items: ranked(cards, offset), suggestions });
      client.searchResultsView({ ...search, results, items: ranked(cards, offset) });
    },
    searchProductClick: (search: SearchRef, card: Card, rank: number) =>
      client.searchProductClick({ ...search, sku: card.sku, rank, items: [{ ...cardItem(card), rank }] }),
    searchSuggestionClick: (search: SearchRef, suggestion: string) =>
      client.searchSuggestionClick({ ...search, suggestion }),
    searchCategoryClick: (search: SearchRef, categoryPath: string) =>
      client.searchCategoryClick({ ...search, categoryPath }),

    openCart: (cartId: string, added: readonly Line[]) => client.openCart(lines(cartId, added)),
    addToCart: (cartId: string, added: readonly Line[]) => client.addToCart(lines(cartId, added)),
    removeFromCart: (cartId: string, removed: readonly Line[]) => client.removeFromCart(lines(cartId, removed)),
    shoppingCartView: (cartId: string, all: readonly Line[], discount: Money) =>
      client.shoppingCartView({ ...lines(cartId, all), ...discountOf(discount) }),
    startCheckout: (cartId: string, all: readonly Line[], discount: Money) =>
      client.startCheckout({ ...lines(cartId, all), ...discountOf(discount) }),
    completeCheckout: (cartId: string, order: Order) =>
      client.completeCheckout({
        ...lines(cartId, order.lines),
        orderId: order.orderId,
        orderTotal: order.totals.total,
        tax: order.totals.tax,
        shipping: order.totals.shipping,
        discount: order.totals.discount,
        paymentMethod: order.paymentMethod,
        shippingMethod: order.shippingMethod,
      }),

    createAccount: () => client.createAccount({}),
    createRequisitionList: (created: RequisitionList) => client.createRequisitionList(list(created)),
    addToRequisitionList: (changed: RequisitionList, added: readonly Line[]) =>
      client.addToRequisitionList(list(changed, added)),
    removeFromRequisitionList: (changed: RequisitionList, removed: readonly Line[]) =>
      client.removeFromRequisitionList(list(changed, removed)),
    deleteRequisitionList: (deleted: RequisitionList) => client.deleteRequisitionList(list(deleted)),
    quoteAccepted: (of: RequisitionList, cartId: string) =>
      of.quote &&
      client.quoteAccepted({
        ...list(of, of.lines),
        quoteId: of.quote.quoteId,
        ...(cartId !== "" && { cartId }),
        originalTotal: of.quote.original,
        negotiatedTotal: of.quote.negotiated,
      }),
    addToWishlist: (card: Pick<Card, "sku" | "name" | "price">) => client.addToWishlist({ items: [cardItem(card)] }),
    removeFromWishlist: (card: Pick<Card, "sku" | "name" | "price">) =>
      client.removeFromWishlist({ items: [cardItem(card)] }),
  };
}
