import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, put } from "../api/client.ts";
import type { Json, Page } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import type { TraitWrite } from "../privacy/shapes.ts";
import { showDone, showInfo } from "../ui/toasts.ts";

const m = messages.privacy.traits;
const pathOf = (profileId: string) => `/v1/profiles/${encodeURIComponent(profileId)}/traits`;
type Corrected = { readonly ruledOtherwise: readonly string[] };
/** A correction travels as an event: it is read again until it must have arrived. */
const readAgainMs = [600, 1500, 3000];

export function useTraitHistory(profileId: string, isAllowed: boolean) {
  return useQuery({
    queryKey: ["trait-history", profileId],
    queryFn: ({ signal }) => get<Page<TraitWrite>>(`${pathOf(profileId)}/history`, {}, { signal }),
    enabled: isAllowed,
    staleTime: 0,
  });
}

export function useTraitActions(profileId: string) {
  const client = useQueryClient();
  const done = (text: string) => (corrected: Corrected) => {
    showDone(text);
    if (corrected.ruledOtherwise.length > 0) showInfo(m.ruled(corrected.ruledOtherwise.join(", ")));
    for (const waitMs of readAgainMs) {
      setTimeout(() => {
        void client.invalidateQueries({ queryKey: ["profile"] });
        void client.invalidateQueries({ queryKey: ["trait-history", profileId] });
      }, waitMs);
    }
  };
  const correct = useMutation({
    mutationFn: (input: { readonly name: string; readonly value: Json; readonly reason: string }) =>
      put<Corrected>(pathOf(profileId), { traits: { [input.name]: input.value }, reason: input.reason }),
    onSuccess: done(m.saved),
  });
  const undo = useMutation({
    mutationFn: (input: { readonly correctionId: string; readonly reason: string }) =>
      post<Corrected>(`${pathOf(profileId)}/undo`, input),
    onSuccess: done(m.undone),
  });
  return { correct, undo };
}
