import { shopApi } from "../shop-api.ts";
import type { Line, LineRequest, RequisitionList } from "../types.ts";
import type { Shop } from "./shop.ts";

type ListAnswer = { readonly list: RequisitionList };

const path = (listId: string): string => `/requisition-lists/${encodeURIComponent(listId)}`;

// Each action tells Clientele only after the shop's server has done it.

export async function loadLists(signal?: AbortSignal): Promise<readonly RequisitionList[]> {
  return (await shopApi.get<{ lists: readonly RequisitionList[] }>("/requisition-lists", signal)).lists;
}

export async function createList(shop: Shop, name: string, description: string): Promise<RequisitionList> {
  const { list } = await shopApi.post<ListAnswer>("/requisition-lists", { name, description });
  shop.tracking.createRequisitionList(list);
  return list;
}

export async function addToList(shop: Shop, listId: string, lines: readonly LineRequest[]): Promise<RequisitionList> {
  const { list } = await shopApi.post<ListAnswer>(`${path(listId)}/lines`, { lines });
  const { lines: added } = await shopApi.post<{ lines: readonly Line[] }>("/lines", { lines });
  shop.tracking.addToRequisitionList(list, added);
  return list;
}

export async function removeFromList(shop: Shop, listId: string, line: Line): Promise<RequisitionList> {
  const { list } = await shopApi.post<ListAnswer>(`${path(listId)}/remove-line`, { key: line.key });
  shop.tracking.removeFromRequisitionList(list, [line]);
  return list;
}

export async function deleteList(shop: Shop, listId: string): Promise<void> {
  const { list } = await shopApi.post<ListAnswer>(`${path(listId)}/delete`);
  shop.tracking.deleteRequisitionList(list);
}

export async function requestQuote(listId: string): Promise<RequisitionList> {
  return (await shopApi.post<ListAnswer>(`${path(listId)}/quote`)).list;
}

/** Makes the quote binding and puts its products into the cart at the agreed price. */
export async function acceptQuote(shop: Shop, quoteId: string): Promise<RequisitionList> {
  const { list } = await shopApi.post<ListAnswer>(`/quotes/${encodeURIComponent(quoteId)}/accept`);
  shop.tracking.quoteAccepted(list, shop.cart.cart.get().cartId);
  return list;
}
