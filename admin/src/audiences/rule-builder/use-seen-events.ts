import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";

export type SeenEvent = {
  readonly type: string;
  /** Properties that came with it, as paths of the rule language. */
  readonly paths: readonly string[];
};

const nothing: readonly SeenEvent[] = [];
const mostPaths = 100;

/** Events that sources have sent, with the properties that were seen on them. */
export function useSeenEvents(): readonly SeenEvent[] {
  const query = useQuery({
    queryKey: ["tracking", "seen-events"],
    queryFn: async ({ signal }) => {
      const { items } = await get<Page<{ type: string; shape: readonly string[] }>>(
        "/v1/tracking/events",
        { limit: 200 },
        { signal },
      );
      return items.map(({ type, shape }) => ({ type, paths: shape.slice(0, mostPaths).flatMap(toPath) }));
    },
    staleTime: 60_000,
  });
  return query.data ?? nothing;
}

/** "properties.items[].sku string" → nothing, because a path does not walk into lists; "searchQuery string" → its path. */
function toPath(line: string): readonly string[] {
  const path = line.slice(0, line.lastIndexOf(" ")).replace(/^(event\.)?properties\./, "");
  return /^[\w-]+(\.[\w-]+)*$/.test(path) ? [`event.properties.${path}`] : [];
}
