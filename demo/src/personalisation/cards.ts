import { useEffect, useState } from "react";
import { shopApi } from "../shop-api.ts";
import type { Card } from "../types.ts";

// Clientele's answers hold what a tile needs. Colors, kind and "from" prices are the shop's own; they are looked up once
// a product and laid over.

const maxKept = 1_000;
const known = new Map<string, Card>();

async function load(skus: readonly string[], signal: AbortSignal): Promise<void> {
  const missing = [...new Set(skus)].filter((sku) => !known.has(sku)).slice(0, 60);
  if (missing.length === 0) return;
  const { items } = await shopApi.get<{ items: readonly Card[] }>(
    `/products?skus=${encodeURIComponent(missing.join(","))}`,
    signal,
  );
  if (known.size > maxKept) known.clear();
  for (const card of items) known.set(card.sku, card);
}

function enrich(card: Card): Card {
  const own = known.get(card.sku);
  if (!own || card.kind) return card;
  return {
    ...own,
    ...card,
    image: card.image ?? own.image,
    price: card.price ?? own.price,
    regularPrice: card.regularPrice ?? own.regularPrice,
    rating: card.rating ?? own.rating,
  };
}

/** The cards at once, and again when the shop's own part of them has come. */
export function useCards(cards: readonly Card[]): readonly Card[] {
  const [, setLoaded] = useState(0);
  const skus = cards
    .filter(({ kind }) => kind === undefined)
    .map(({ sku }) => sku)
    .join(",");
  useEffect(() => {
    if (skus === "") return;
    const abort = new AbortController();
    load(skus.split(","), abort.signal)
      .then(() => setLoaded((count) => count + 1))
      .catch(() => undefined);
    return () => abort.abort();
  }, [skus]);
  return cards.map(enrich);
}

/** Cards of the given SKUs in their order; null while they load. */
export function useCardsBySku(skus: readonly string[]): {
  readonly cards: readonly Card[] | null;
  readonly hasFailed: boolean;
} {
  const key = skus.join(",");
  const [state, setState] = useState<{ key: string; hasFailed: boolean }>({ key: "-", hasFailed: false });
  useEffect(() => {
    const abort = new AbortController();
    load(key === "" ? [] : key.split(","), abort.signal).then(
      () => setState({ key, hasFailed: false }),
      () => !abort.signal.aborted && setState({ key, hasFailed: true }),
    );
    return () => abort.abort();
  }, [key]);
  const cards = skus.flatMap((sku) => known.get(sku) ?? []);
  return {
    cards: state.key === key || cards.length === skus.length ? cards : null,
    hasFailed: state.key === key && state.hasFailed,
  };
}
