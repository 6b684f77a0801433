import { useEffect } from "react";
import { useShop } from "../state/shop.ts";

/** Names the page and reports it, once a visit; `key` tells one visit from the next on the same component. */
export function usePageView(pageType: string, title: string, key = title): void {
  const shop = useShop();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what makes a new visit
  useEffect(() => {
    document.title = title === "" ? "Luma" : `${title} · Luma`;
    shop.tracking.pageView(pageType);
  }, [shop, pageType, key]);
}
