import { useInfiniteQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import type { BlockWarning, RuleWarnings } from "./shapes.ts";

const pageSize = 25;
const pollMs = 1_500;

/** Asks again while the server compares rules. */
export function useRuleWarnings(onlyProblems: boolean) {
  return useInfiniteQuery({
    queryKey: ["rule-warnings", onlyProblems],
    queryFn: ({ pageParam, signal }) =>
      get<RuleWarnings>(
        "/v1/offers/conflicts",
        { limit: pageSize, cursor: pageParam, severity: onlyProblems ? "problem" : undefined },
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
