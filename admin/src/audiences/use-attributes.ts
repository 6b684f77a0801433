import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client.ts";
import type { AttributeSpec } from "./rule-builder/operators.ts";

/** Every attribute that rules may name, with type, label and known values. */
export function useAttributes() {
  return useQuery({
    queryKey: ["attributes"],
    queryFn: async ({ signal }) =>
      (await get<{ items: readonly AttributeSpec[] }>("/v1/attributes", {}, { signal })).items,
    staleTime: 5 * 60_000,
  });
}
