import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, post } from "../../api/client.ts";
import type { JsonObject } from "../../api/shapes.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import type { Identifier, IdentitySettings } from "../shapes.ts";

export type Decision = {
  readonly action: string;
  readonly profiles: readonly string[];
  readonly namespace: string | null;
  readonly value: string | null;
  readonly rule: string;
};

export type Step = {
  readonly messageId: string;
  readonly type: string;
  readonly at: string;
  readonly profile: string | null;
  readonly decisions: readonly Decision[];
  readonly after: readonly {
    readonly profile: string;
    readonly identifiers: readonly Identifier[];
    readonly more: number;
  }[];
};

export type Simulation = {
  readonly profiles: readonly {
    readonly profile: string;
    readonly identifiers: readonly (Identifier & { readonly verified: boolean; readonly validTo: string | null })[];
    readonly messages: readonly string[];
  }[];
  readonly rejected: readonly { readonly index: number; readonly message: string }[];
  readonly steps: readonly Step[];
};

export type KeptMessages = {
  readonly messages: readonly JsonObject[];
  /** Which source named an identifier first, of those messages that are kept. */
  readonly firstNamed: readonly (Identifier & { readonly sourceId: string; readonly at: string })[];
  readonly isIncomplete: boolean;
};

/** More would make the page slow; the server takes 1,000. */
export const mostEvents = 200;

/** What becomes of events, half a second after their last change; they are named by their place, from 1. */
export function useSimulation(events: readonly JsonObject[], rules: Partial<IdentitySettings>, isWanted = true) {
  const messages = events.slice(0, mostEvents).map((event, index) => ({ ...event, messageId: String(index + 1) }));
  const settled = useDebounced(JSON.stringify({ rules, messages }), 500);
  const query = useQuery({
    queryKey: ["identity", "simulate", settled],
    queryFn: ({ signal }) => post<Simulation>("/v1/identity/simulate", JSON.parse(settled), { signal }),
    enabled: isWanted && messages.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return { ...query, isBehind: query.isPlaceholderData || settled !== JSON.stringify({ rules, messages }) };
}

/** The messages that made a person's profile what it is. */
export function useKeptMessages(profileId: string | null) {
  return useQuery({
    queryKey: ["identity", "messages", profileId],
    queryFn: ({ signal }) =>
      get<KeptMessages>(`/v1/profiles/${encodeURIComponent(profileId ?? "")}/identity-messages`, {}, { signal }),
    enabled: profileId !== null,
  });
}
