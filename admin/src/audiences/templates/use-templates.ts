import { useQuery } from "@tanstack/react-query";
import { get, post } from "../../api/client.ts";
import type { Json, JsonObject } from "../../api/shapes.ts";

/** One figure of a template; `type` is one of integer, ratio, number, money, days, hours, text, texts, date, boolean, choice, choices, category, brand. */
export type TemplateParameter = {
  readonly key: string;
  readonly label: string;
  readonly type: string;
  readonly unit?: string;
  /** Absent when it must be given. */
  readonly default?: Json;
  readonly min?: number;
  readonly max?: number;
  readonly options?: readonly string[];
  /** Other values than the options are taken. */
  readonly open?: boolean;
};

export type Template = {
  readonly key: string;
  readonly label: string;
  readonly group: string;
  readonly description: string;
  readonly why: string;
  readonly parameters: readonly TemplateParameter[];
};

export function useTemplates() {
  return useQuery({
    queryKey: ["audience-templates"],
    queryFn: async ({ signal }) =>
      (await get<{ items: readonly Template[] }>("/v1/audience-templates", {}, { signal })).items,
    retry: false,
    staleTime: 5 * 60_000,
  });
}

/** The rule of a template with these values of its parameters; what is left out has its default. */
export async function treeOf(key: string, parameters: JsonObject): Promise<JsonObject> {
  const path = `/v1/audience-templates/${encodeURIComponent(key)}/tree`;
  return (await post<{ tree: JsonObject }>(path, { parameters })).tree;
}
