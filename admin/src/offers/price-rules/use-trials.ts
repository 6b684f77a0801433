import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { post } from "../../api/client.ts";
import type { CatalogTrial, RuleReach, TriedCart } from "./shapes.ts";

/** Requests are JSON text, so that they are their own key; null asks nothing. */
function useTrial<T>(name: string, path: string, request: string | null) {
  return useQuery({
    queryKey: [name, request],
    queryFn: ({ signal }) => post<T>(path, JSON.parse(request ?? "{}"), { signal }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export const useTriedCart = (request: string | null) =>
  useTrial<TriedCart>("cart-rule-trial", "/v1/offers/evaluate", request);
export const useRuleReach = (request: string) =>
  useTrial<RuleReach>("cart-rule-reach", "/v1/offers/cart-rules/reach", request);
export const useCatalogTrial = (request: string) =>
  useTrial<CatalogTrial>("catalog-rule-trial", "/v1/offers/catalog-rules/trial", request);
