import type { KindPage } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { type RedirectBody, RedirectForm, RedirectSide } from "./redirect-form.tsx";

export const redirectKind: KindPage<RedirectBody> = {
  kind: "redirect",
  path: "/redirects",
  texts: messages.merchandising.redirects,
  columns: [],
  emptyBody: () => ({ query: { match: "any", conditions: [{ operator: "is", value: "" }] }, url: "" }),
  Form: RedirectForm,
  Side: RedirectSide,
  tabs: [],
};
