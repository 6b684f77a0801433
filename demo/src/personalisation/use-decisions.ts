import type { Decision } from "@clientele/browser";
import { useEffect, useState } from "react";
import { type Shop, useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";
import { toItem } from "./tracking.ts";

/** What the decisions of a page are about, besides the shopper. */
export type Subject = {
  readonly sku?: string;
  readonly items?: readonly string[];
  readonly categoryPath?: string;
  readonly searchQuery?: string;
};

export type Decisions = {
  /** `failed`: Clientele gave no answer in time, the page shows its default content. */
  readonly status: "waiting" | "ready" | "failed";
  readonly at: (placement: string) => Decision | undefined;
  readonly subject: Subject;
};

const timeoutMs = 1_500;

export function cartOf(shop: Shop) {
  const { cartId, lines } = shop.cart.cart.get();
  return lines.length > 0 ? { cart: { cartId, items: lines.map(toItem) } } : {};
}

/**
 * Asks once for all placements of a page. Events tracked before ride along and count at once.
 *
 * @param isReady false while the page still waits for what its decisions are about
 */
export function useDecisions(placements: readonly string[], subject: Subject, isReady = true): Decisions {
  const shop = useShop();
  const era = useValue(shop.era);
  const [answer, setAnswer] = useState<{ key: string; status: Decisions["status"]; list: readonly Decision[] }>({
    key: "",
    status: "waiting",
    list: [],
  });
  const key = JSON.stringify([placements, subject]);

  // A new era asks anew; what was shown stays until the answer comes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the era is what makes the question a new one
  useEffect(() => {
    if (!isReady) return;
    const abort = new AbortController();
    const [wanted, about] = JSON.parse(key) as [readonly string[], Subject];
    void shop.client
      .decide(wanted, { context: about, ...cartOf(shop), timeoutMs, signal: abort.signal })
      .then(({ decisions, error }) => {
        if (!abort.signal.aborted) setAnswer({ key, status: error ? "failed" : "ready", list: decisions });
      });
    return () => abort.abort();
  }, [shop, key, era, isReady]);

  const isCurrent = answer.key === key;
  return {
    status: isCurrent ? answer.status : "waiting",
    at: (placement) => (isCurrent ? answer.list.find((decision) => decision.placement === placement) : undefined),
    subject,
  };
}
