import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import type { IdentityEntry, ProfileDetail, ProfileSummary, TimelineEvent } from "./shapes.ts";

const pathOf = (id: string) => `/v1/profiles/${encodeURIComponent(id)}`;

export function useProfile(id: string) {
  return useQuery({
    queryKey: ["profile", id],
    queryFn: ({ signal }) => get<ProfileDetail>(pathOf(id), {}, { signal }),
  });
}

export function useTimeline(id: string) {
  return useInfiniteQuery({
    queryKey: ["timeline", id],
    queryFn: ({ pageParam, signal }) =>
      get<Page<TimelineEvent>>(`${pathOf(id)}/events`, { cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
  });
}

export function useIdentityHistory(id: string) {
  return useQuery({
    queryKey: ["identity-history", id],
    queryFn: ({ signal }) => get<Page<IdentityEntry>>(`${pathOf(id)}/history`, {}, { signal }),
  });
}

/** The first profiles that a search finds; with an empty search the most recent. */
export function useProfileChoices(search: string) {
  return useQuery({
    queryKey: ["profile-choices", search],
    queryFn: ({ signal }) => get<Page<ProfileSummary>>("/v1/profiles", { search, limit: 20 }, { signal }),
    // An empty list would close the menu, and what comes after it would not open it again.
    placeholderData: keepPreviousData,
  });
}
