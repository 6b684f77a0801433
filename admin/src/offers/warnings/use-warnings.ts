import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import type { BlockWarning, RuleWarning, RuleWarnings } from "./shapes.ts";

const pageSize = 25;
const pollMs = 1_500;

/** Asks again while the server compares rules. */
export function useRuleWarnings(part: "price-rules" | "offers", onlyProblems: boolean) {
  return useInfiniteQuery({
    queryKey: ["rule-warnings", part, onlyProblems],
    queryFn: ({ pageParam, signal }) =>
      get<RuleWarnings>(
        "/v1/offers/conflicts",
        { limit: pageSize, cursor: pageParam, part, severity: onlyProblems ? "problem" : undefined },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.state === "computing") ? pollMs : false),
  });
}

export function useBlockWarnings(onlyProblems: boolean) {
  return useInfiniteQuery({
    queryKey: ["block-warnings", onlyProblems],
    queryFn: ({ pageParam, signal }) =>
      get<Page<BlockWarning>>(
        "/v1/blocks/warnings",
        { limit: pageSize, cursor: pageParam, nobody: onlyProblems ? true : undefined },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

/** What the newest version of a definition names that is not live. @param etag changes with the definition */
export function useNotLive(kind: string, key: string, etag: string | number) {
  return useQuery({
    queryKey: ["not-live", kind, key, etag],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly RuleWarning[] }>(
        `/v1/offers/conflicts/${kind}/${encodeURIComponent(key)}`,
        {},
        { signal },
      ),
    // What it names changes without it.
    staleTime: 0,
    retry: false,
  });
}
