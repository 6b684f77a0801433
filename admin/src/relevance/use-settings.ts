import { useQueries } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { Definition, DefinitionSummary, JsonObject, Page } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import type { Setting } from "./shapes.ts";

const m = messages.relevance.settings;
/** Kinds of definitions that change what a search answers. */
const kinds = ["search-rule", "search-settings", "synonym"] as const;

export type SettingChoice = { readonly key: string; readonly label: string; readonly read: () => Promise<Setting> };

const fixed: readonly SettingChoice[] = [
  { key: "live", label: m.live, read: async () => ({}) },
  { key: "plain", label: m.plain, read: async () => ({ isRulesOff: true }) },
];

/** What two sides of a comparison can be: the shop now, without rules, and with each draft that waits. */
export function useSettings(): readonly SettingChoice[] {
  const lists = useQueries({
    queries: kinds.map((kind) => ({
      queryKey: ["definitions", kind, "drafts"],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<Page<DefinitionSummary>>(`/v1/definitions/${kind}`, { limit: 200 }, { signal }),
      retry: false,
    })),
  });
  const drafts = lists
    .flatMap(({ data }) => data?.items ?? [])
    .filter(({ draftStatus }) => draftStatus !== null)
    .map(
      ({ kind, id, name }): SettingChoice => ({
        key: `${kind}/${id}`,
        label: m.draft(name),
        read: async () => {
          const { body } = await get<Definition<JsonObject>>(`/v1/definitions/${kind}/${id}`);
          return { draft: { kind, id, body } };
        },
      }),
    );
  return [...fixed, ...drafts];
}
