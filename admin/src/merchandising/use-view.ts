import { useEffect, useState } from "react";
import type { ChosenProfile } from "../profiles/profile-field.tsx";
import { useUrlState } from "../shell/navigation.tsx";
import { useStoreView } from "../shell/use-store-views.ts";
import { useDebounced } from "../ui/use-debounced.ts";

const typingMs = 300;

/** How a list is looked at: the search, the customer, the time. In the address, so that it outlives saving and can be sent to a colleague. */
export function useView(firstQuery: string) {
  const [url, change] = useUrlState();
  const [typed, setTyped] = useState<string | null>(url["look"] ?? null);
  const settled = useDebounced(typed, typingMs);
  const inUrl = url["look"] ?? "";
  useEffect(() => {
    if (settled !== null && settled !== inUrl) change({ look: settled });
  }, [settled, inUrl, change]);
  const [profile, setProfileState] = useState<ChosenProfile | null>(
    url["as"] ? { id: url["as"], label: url["as"] } : null,
  );
  return {
    query: typed ?? firstQuery,
    setQuery: setTyped,
    profile,
    setProfile: (next: ChosenProfile | null) => {
      setProfileState(next);
      change({ as: next?.id ?? null });
    },
    at: url["at"] ?? "",
    setAt: (at: string) => change({ at: at || null }),
    storeView: useStoreView(),
    isCompared: url["view"] === "compare",
    setCompared: (isCompared: boolean) => change({ view: isCompared ? "compare" : null }),
  };
}

export type View = ReturnType<typeof useView>;
