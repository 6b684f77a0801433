import type { Suggestion } from "@clientele/browser";
import { useEffect, useRef, useState } from "react";
import { findAsTyped, type Hit } from "../personalisation/listing.ts";
import type { SearchRef } from "../personalisation/tracking.ts";
import { useShop } from "../state/shop.ts";

export type TypedAnswer = {
  readonly suggestions: readonly Suggestion[];
  readonly products: readonly Hit[];
  /** All products that match, not only those shown. */
  readonly total: number;
  /** Ties the clicks to this answer. */
  readonly search: SearchRef;
};

const waitMs = 120;
const minLength = 2;
const maxSuggestions = 6;
const maxProducts = 4;
const nothing: TypedAnswer = {
  suggestions: [],
  products: [],
  total: 0,
  search: { searchId: "", searchQuery: "" },
};

/** Completions and the best products for what is typed; the last answer stays until the next one has come. */
export function useTypedAnswer(typed: string): TypedAnswer {
  const shop = useShop();
  const [answer, setAnswer] = useState(nothing);
  const q = typed.trim();
  // An answer that is late must not take the place of a newer one.
  const newest = useRef("");
  useEffect(() => {
    newest.current = q;
    if (q.length < minLength) return;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const search: SearchRef = { searchId: crypto.randomUUID(), searchQuery: q };
      try {
        const [suggested, found] = await Promise.all([
          shop.client.suggest({ q, limit: maxSuggestions, signal: abort.signal }).catch(() => null),
          findAsTyped(shop, q, maxProducts, abort.signal),
        ]);
        if (abort.signal.aborted || newest.current !== q) return;
        // The products stand in their own group.
        const suggestions = suggested?.suggestions.filter(({ kind }) => kind !== "product") ?? [];
        setAnswer({ suggestions, products: found?.hits ?? [], total: found?.total ?? 0, search });
      } catch {
        // Aborted: a newer question is on its way.
      }
    }, waitMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [shop, q]);
  return q.length < minLength ? nothing : answer;
}
