import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { get, post, put, remove } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { showDone, showError, showInfo } from "../ui/toasts.ts";
import type {
  Access,
  ClassSuggestion,
  ConsentChange,
  DataClass,
  ErasureMode,
  Identifier,
  PrivacyRequest,
  Target,
} from "./shapes.ts";

const m = messages.privacy;
export const requestsPath = "/v1/privacy/requests";
export const classesPath = "/v1/privacy/classes";
const suppressionKey = ["privacy", "suppression"];
const pollMs = 2000;
const unfinished: ReadonlySet<string> = new Set(["initialized", "running", "partial"]);

/** While a request on screen is under way, the list is read again every two seconds. */
export function useFreshRequests(): void {
  const client = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => {
      const pages = client.getQueriesData<Page<PrivacyRequest>>({ queryKey: ["list", requestsPath] });
      const isUnderWay = pages.some(([, page]) => page?.items.some(({ status }) => unfinished.has(status)));
      if (isUnderWay) void client.invalidateQueries({ queryKey: ["list", requestsPath] });
    }, pollMs);
    return () => clearInterval(timer);
  }, [client]);
}

export type NewRequest = { readonly target: Target; readonly mode: ErasureMode; readonly reason: string };

export function useCreateRequest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ target, mode, reason }: NewRequest) =>
      post<PrivacyRequest>(requestsPath, { ...target, mode, ...(reason === "" ? {} : { reason }) }),
    onSuccess: async ({ status }) => {
      showDone(status === "finished" ? m.dialog.finished : m.dialog.sent);
      await client.invalidateQueries({ queryKey: ["list", requestsPath] });
      await client.invalidateQueries({ queryKey: suppressionKey });
    },
  });
}

export function useRetryRequest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post<PrivacyRequest>(`${requestsPath}/${encodeURIComponent(id)}/retry`),
    onSuccess: () => {
      showDone(m.retried);
      return client.invalidateQueries({ queryKey: ["list", requestsPath] });
    },
    onError: showError,
  });
}

export function useSuppression() {
  return useQuery({
    queryKey: suppressionKey,
    queryFn: ({ signal }) => get<{ identifiers: number; dropped: number }>("/v1/privacy/suppression", {}, { signal }),
  });
}

export function useLiftSuppression() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (identifier: Identifier) => post<{ lifted: boolean }>("/v1/privacy/suppression/lift", identifier),
    onSuccess: ({ lifted }) => {
      if (lifted) showDone(m.suppression.lifted);
      else showInfo(m.suppression.notListed);
      return client.invalidateQueries({ queryKey: suppressionKey });
    },
  });
}

export type ChainCheck = { readonly ok: boolean; readonly checked: number; readonly brokenAt?: number };

/** Recomputes the whole chain on the server; asked for by hand because it reads every entry. */
export function useChainCheck() {
  return useMutation({ mutationFn: () => get<ChainCheck>("/v1/audit/check"), onError: showError });
}

export function useAccesses(profileId: string) {
  return useInfiniteQuery({
    queryKey: ["accesses", profileId],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Access>>(
        `/v1/profiles/${encodeURIComponent(profileId)}/accesses`,
        { cursor: pageParam, limit: 50 },
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.nextCursor || undefined,
    staleTime: 0,
  });
}

export function useClassSuggestions(isAllowed: boolean) {
  return useQuery({
    queryKey: ["privacy", "suggestions"],
    queryFn: ({ signal }) => get<Page<ClassSuggestion>>(`${classesPath}/suggestions`, {}, { signal }),
    enabled: isAllowed,
  });
}

const pathOfClass = ({ kind, name }: Pick<DataClass, "kind" | "name">) =>
  `${classesPath}/${kind}/${encodeURIComponent(name)}`;

export function useClassActions() {
  const client = useQueryClient();
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: ["data-classes"] });
    await client.invalidateQueries({ queryKey: ["privacy", "suggestions"] });
  };
  const save = useMutation({
    mutationFn: ({ pii, retentionDays, purposes, ...id }: DataClass) =>
      put<DataClass>(pathOfClass(id), { pii, retentionDays, purposes }),
    onSuccess: (saved) => {
      showDone(m.classes.saved(saved.name));
      return refresh();
    },
  });
  const reset = useMutation({
    mutationFn: (given: Pick<DataClass, "kind" | "name">) => remove<unknown>(pathOfClass(given)),
    onSuccess: (_answer, { name }) => {
      showDone(m.classes.wasReset(name));
      return refresh();
    },
  });
  return { save, reset };
}

export function useDataClasses() {
  return useQuery({
    queryKey: ["data-classes"],
    queryFn: ({ signal }) => get<Page<DataClass>>(classesPath, {}, { signal }),
  });
}

type Consents = { readonly history: readonly ConsentChange[] };
const consentsPath = (profileId: string) => `/v1/profiles/${encodeURIComponent(profileId)}/consents`;

export function useConsentHistory(profileId: string, isAllowed: boolean) {
  return useQuery({
    queryKey: ["consents", profileId],
    queryFn: ({ signal }) => get<Consents>(consentsPath(profileId), {}, { signal }),
    enabled: isAllowed,
    staleTime: 0,
  });
}

export type ConsentInput = {
  readonly decisions: readonly {
    readonly category: string;
    readonly channel?: string;
    readonly status: "granted" | "denied";
  }[];
  readonly textVersion?: string;
  readonly proof?: string;
  readonly expiresAt?: string;
};

/** A decision travels as an event: it is read again until it must have arrived. */
const readAgainMs = [600, 1500, 3000];

export function useRecordConsent(profileId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ConsentInput) => put<{ messageId: string }>(consentsPath(profileId), input),
    onSuccess: () => {
      showDone(m.consents.saved);
      for (const waitMs of readAgainMs) {
        setTimeout(() => {
          void client.invalidateQueries({ queryKey: ["profile"] });
          void client.invalidateQueries({ queryKey: ["consents", profileId] });
        }, waitMs);
      }
    },
  });
}
