import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, get, post, remove, setCsrfToken } from "../api/client.ts";
import type { Scope, Session } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";

export const sessionKey = ["session"] as const;

/** Who is signed in; null = nobody, undefined = not known yet. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: async (): Promise<Session | null> => {
      try {
        return keepToken(await get<Session>("/v1/session"));
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { email: string; password: string }) => post<Session>("/v1/session", credentials),
    onSuccess: (session) => client.setQueryData(sessionKey, keepToken(session)),
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => remove<unknown>("/v1/session"),
    onSettled: () => {
      setCsrfToken("");
      client.clear();
      client.setQueryData(sessionKey, null);
    },
  });
}

export type Gate = { readonly isAllowed: boolean; readonly reason: string | undefined };

/** Whether the reader may do something; `reason` says what is missing, to stand beside the disabled control. */
export function useGate(scope: Scope): Gate {
  const scopes = useSession().data?.scopes ?? [];
  const isAllowed = scopes.includes(scope);
  return { isAllowed, reason: isAllowed ? undefined : messages.access.missing(messages.access.scopes[scope]) };
}

function keepToken(session: Session): Session {
  setCsrfToken(session.csrf ?? "");
  return session;
}
