import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../api/client.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import type { Draft, ListAnswer, ListSubject } from "./shapes.ts";

export type PreviewRequest = {
  /** Null = nothing to look at yet. */
  readonly subject: ListSubject | null;
  readonly profileId?: string | null | undefined;
  readonly storeView?: string | undefined;
  /** Local time of a date-and-time input; empty = now. */
  readonly at?: string;
  readonly limit: number;
  readonly sort?: string;
  readonly draft?: Draft | null;
  readonly isRulesOff?: boolean;
};

const typingMs = 300;

/** A list as somebody sees it, with a definition as it is being edited. Follows changes once they rest; shows the former meanwhile. */
export function useListPreview(request: PreviewRequest) {
  const text = JSON.stringify(bodyOf(request));
  const settled = useDebounced(text, typingMs);
  const query = useQuery({
    queryKey: ["list-preview", settled],
    queryFn: ({ signal }) => post<ListAnswer>("/v1/discovery/preview", JSON.parse(settled), { signal }),
    enabled: settled !== "null",
    placeholderData: keepPreviousData,
    retry: false,
    // Live rules, stock and behaviour change under it.
    staleTime: 0,
  });
  // Beside a refusal the last list stays: a draft is half written more often than not.
  const [last, setLast] = useState(query.data);
  if (query.data && query.data !== last) setLast(query.data);
  return {
    ...query,
    data: query.data ?? (query.error ? last : undefined),
    isBehind: text !== settled || query.isPlaceholderData || query.error !== null,
  };
}

function bodyOf(request: PreviewRequest): object | null {
  const { subject, profileId, storeView, at = "", limit, sort, draft, isRulesOff } = request;
  if (subject === null) return null;
  const asOf = at === "" ? Number.NaN : new Date(at).getTime();
  return {
    subject,
    limit,
    ...(profileId ? { as: { profileId } } : {}),
    ...(storeView ? { storeView } : {}),
    ...(sort ? { sort } : {}),
    preview: {
      ...(Number.isNaN(asOf) ? {} : { asOf }),
      ...(draft ? { draft } : {}),
      ...(isRulesOff ? { isRulesOff } : {}),
    },
  };
}
