import type { KindPage, SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { RelatedListForm } from "./list-form.tsx";
import { ListPreview } from "./list-preview.tsx";
import type { RelatedListBody } from "./shapes.ts";

const m = messages.related;

export const relatedListKind: KindPage<RelatedListBody> = {
  kind: "related-product-list",
  path: "/related-lists",
  texts: m.lists,
  columns: [],
  emptyBody: () => ({
    placement: "product.related",
    priority: 10,
    audiences: [],
    list: "related",
    label: m.defaultLabel,
    maximum: 6,
    show: "both",
    rotation: "priority-then-id",
  }),
  Form: RelatedListForm,
  Side: RelatedListSide,
  tabs: [],
};

/** A live list by its key; another by its name, until its own settings count. */
function RelatedListSide({ body, definition }: SideProps<RelatedListBody>) {
  const isLive = definition?.status === "live";
  return (
    <ListPreview
      list={isLive ? definition.key : body.list}
      isCart={body.list === "crosssell"}
      limit={body.maximum}
      note={m.previewDraft}
    />
  );
}
