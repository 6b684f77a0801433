import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { type SortOptionBody, SortOptionForm, SortOptionSide } from "./sort-option-form.tsx";

export const sortOptionKind: KindPage<SortOptionBody> = {
  kind: "sort-option",
  path: "/sort-options",
  texts: messages.merchandising.sortOptions,
  columns: [],
  emptyBody: () => ({ code: "", label: "", keys: [{ attribute: "price", direction: "asc" }] }),
  Form: SortOptionForm,
  Side: SortOptionSide,
  tabs: [],
};
