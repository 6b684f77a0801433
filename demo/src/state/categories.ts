import { createContext, useContext } from "react";
import type { Category } from "../types.ts";

export const CategoriesContext = createContext<readonly Category[]>([]);

export function useCategories(): readonly Category[] {
  return useContext(CategoriesContext);
}

/** The categories from the root down to the path; shorter when the end of the path is unknown. */
export function trailTo(categories: readonly Category[], path: string): readonly Category[] {
  const found = categories.find((category) => path === category.path || path.startsWith(`${category.path}/`));
  return found ? [found, ...(path === found.path ? [] : trailTo(found.children, path))] : [];
}
