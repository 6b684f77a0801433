import type { Json } from "../api/shapes.ts";
import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { DynamicCategoryForm, DynamicCategorySide } from "./dynamic-category-form.tsx";

export type DynamicCategoryBody = { readonly category: string; readonly name: string; readonly where: Json };

export const dynamicCategoryKind: KindPage<DynamicCategoryBody> = {
  kind: "dynamic-category",
  path: "/dynamic-categories",
  texts: messages.merchandising.dynamicCategories,
  columns: [],
  emptyBody: () => ({ category: "", name: "", where: { all: [] } }),
  Form: DynamicCategoryForm,
  Side: DynamicCategorySide,
  tabs: [],
};
