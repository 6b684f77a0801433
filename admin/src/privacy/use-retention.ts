import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { showDone } from "../ui/toasts.ts";
import type { Retention, RetentionPreview } from "./shapes.ts";

const path = "/v1/privacy/retention";
export type RetentionDraft = Readonly<Record<string, number>>;

export function useRetention() {
  return useQuery({
    queryKey: ["privacy", "retention"],
    queryFn: ({ signal }) => get<Retention>(path, {}, { signal }),
  });
}

/** What the next run would delete; counted on the server, which may take seconds. */
export function useRetentionPreview(days: RetentionDraft) {
  return useQuery({
    queryKey: ["privacy", "retention", "preview", days],
    queryFn: ({ signal }) => post<RetentionPreview>(`${path}/preview`, { days }, { signal }),
    staleTime: 0,
  });
}

export function useSaveRetention() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { readonly version: number; readonly days: RetentionDraft; readonly note: string }) =>
      put<Retention>(path, input),
    onSuccess: (saved) => {
      showDone(messages.privacy.retention.saved);
      client.setQueryData(["privacy", "retention"], saved);
    },
  });
}
