import type { ReactNode } from "react";
import { ApiError } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { EmptyState, Loaded } from "../ui/states.tsx";

type Query<T> = { data: T | undefined; error: unknown; refetch: () => unknown };

/** As `Loaded`; a server that is older than these pages gets a plain word instead of an error. */
export function Served<T>({ query, children }: { query: Query<T>; children: (data: T) => ReactNode }) {
  const { error } = query;
  if (error instanceof ApiError && (error.code === "http.notFound" || error.status === 405)) {
    return <EmptyState title={messages.audienceViews.notServed} text={messages.audienceViews.notServedText} />;
  }
  return <Loaded query={query}>{children}</Loaded>;
}
