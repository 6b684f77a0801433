import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";

export type Engine = { readonly kind: string; readonly version?: string; readonly ok: boolean };

/** A figure is null while its engine does not answer. */
export type SystemState = {
  readonly version: string;
  readonly uptimeS: number;
  readonly roles: readonly string[];
  readonly postgres: Engine;
  readonly clickhouse: Engine;
  readonly inbox: { readonly pending: number | null; readonly oldestAgeMs: number | null };
  readonly export: { readonly pending: number | null };
  readonly events: { readonly lastMinute: number; readonly total: number | null };
  readonly profiles: number | null;
  readonly catalog: { readonly products: number; readonly version: number };
  readonly memoryMb: { readonly rss: number; readonly heapUsed: number };
  readonly deadLetters: number | null;
};

const refreshMs = 5000;

/** The state of the system, read again every five seconds while the page is in sight. */
export function useSystem() {
  return useQuery({
    queryKey: ["system"],
    queryFn: ({ signal }) => get<SystemState>("/v1/system", {}, { signal }),
    refetchInterval: refreshMs,
    staleTime: 0,
  });
}

/** An inbox older than this means events are no longer in decisions at once. */
export const lateInboxMs = 5000;

export function problemsOf(system: SystemState): readonly ("postgres" | "clickhouse" | "inbox" | "deadLetters")[] {
  const problems: ("postgres" | "clickhouse" | "inbox" | "deadLetters")[] = [];
  if (!system.postgres.ok) problems.push("postgres");
  if (!system.clickhouse.ok) problems.push("clickhouse");
  if ((system.inbox.oldestAgeMs ?? 0) > lateInboxMs) problems.push("inbox");
  if ((system.deadLetters ?? 0) > 0) problems.push("deadLetters");
  return problems;
}
