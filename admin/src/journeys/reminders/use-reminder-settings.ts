import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { StoredSettings } from "./shapes.ts";

const refreshMs = 30_000;

/** How and when runs are made, with the next one and the last. */
export function useReminderSettings() {
  return useQuery({
    queryKey: ["reminders", "settings"],
    queryFn: ({ signal }) => get<StoredSettings>("/v1/reminders/settings", {}, { signal }),
    refetchInterval: refreshMs,
  });
}
