import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { QuickSynonyms } from "./quick-synonyms.tsx";
import type { SynonymBody } from "./read-synonyms.ts";
import { SynonymForm } from "./synonym-form.tsx";
import { SynonymSide } from "./synonym-side.tsx";

export const synonymKind: KindPage<SynonymBody> = {
  kind: "synonym",
  path: "/synonyms",
  texts: messages.merchandising.synonyms,
  columns: [],
  emptyBody: () => ({ type: "two-way", keyword: "", expansions: [] }),
  Form: SynonymForm,
  Side: SynonymSide,
  ListActions: QuickSynonyms,
  tabs: [],
};
