import { useMutation, useQueryClient } from "@tanstack/react-query";
import { patch } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { showError } from "../ui/toasts.ts";
import type { Attribute, FlagChanges } from "./attribute-flags.ts";

export const attributesPath = "/v1/catalog/attributes";

/** Sets flags of one attribute; every list that shows it follows. */
export function useAttributeFlags(code: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: FlagChanges) => patch<Attribute>(`${attributesPath}/${encodeURIComponent(code)}`, changes),
    onSuccess: (changed) => {
      client.setQueriesData<Page<Attribute>>(
        { queryKey: ["list", attributesPath] },
        (page) => page && { ...page, items: page.items.map((each) => (each.code === code ? changed : each)) },
      );
      // Those that name attributes: facets, sort options, and the conditions of rules.
      void client.invalidateQueries({ queryKey: ["catalog-attributes"] });
      void client.invalidateQueries({ queryKey: ["attributes"] });
    },
    onError: (error) => {
      showError(error);
      return client.invalidateQueries({ queryKey: ["list", attributesPath] });
    },
  });
}
