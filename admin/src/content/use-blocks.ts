import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { post } from "../api/client.ts";
import type { BlockPreview, RotationPreview, Visibility } from "./shapes.ts";

/** A block as somebody would see it. The request is JSON text, so that it is its own key; null = there is nothing to show yet. */
export function useBlockPreview(request: string | null) {
  return useQuery({
    queryKey: ["block-preview", request],
    queryFn: ({ signal }) => post<BlockPreview>("/v1/blocks/preview", JSON.parse(request ?? "{}"), { signal }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
}

/** What somebody would see of a rotation over some page views; the request is JSON text, null = it has no blocks yet. */
export function useRotationPreview(request: string | null) {
  return useQuery({
    queryKey: ["rotation-preview", request],
    queryFn: ({ signal }) =>
      post<RotationPreview>("/v1/block-rotations/preview", JSON.parse(request ?? "{}"), { signal }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
}

/** Who sees a draft of a block; the request is JSON text, null = there is nothing to show yet. */
export function useVisibility(request: string | null) {
  return useQuery({
    queryKey: ["block-visibility", request],
    queryFn: ({ signal }) => post<Visibility>("/v1/blocks/visibility", JSON.parse(request ?? "{}"), { signal }),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
}
