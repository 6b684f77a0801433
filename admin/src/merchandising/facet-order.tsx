import { DialogContainer } from "@react-spectrum/s2";
import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { hasDraft } from "../definitions/draft-state.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { Loaded } from "../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, visuallyHidden } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { type PinnedFacet, useFacetOrder, usePinnedFacets } from "./use-pinned-facets.ts";

const m = messages.merchandising.facet;
const line = style({
  display: "flex",
  gap: 12,
  alignItems: "center",
  padding: 8,
  borderWidth: 1,
  borderStyle: "solid",
  borderRadius: "default",
  borderColor: { default: "gray-200", isOver: "blue-900" },
});
const handle = style({
  ...focusRing(),
  font: "ui",
  color: "neutral",
  backgroundColor: "gray-100",
  borderStyle: "none",
  borderRadius: "sm",
  paddingX: 8,
  paddingY: 4,
  cursor: "grab",
});

/** Puts the facets that are always shown into an order. */
export function FacetOrder() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="publish" variant="secondary" onPress={() => setOpen(true)}>
        {m.order}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <OrderDialog onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

function OrderDialog({ onClose }: { onClose: () => void }) {
  const query = usePinnedFacets();
  const save = useFacetOrder();
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const facets = query.data ?? [];
  const shown = order === null ? facets : order.flatMap((id) => facets.find((facet) => facet.id === id) ?? []);
  return (
    <ActionDialog
      title={m.orderTitle}
      action={m.saveOrder}
      mutation={save}
      isReady={order !== null}
      onClose={onClose}
      onAction={() =>
        save.mutate(shown, {
          onSuccess: (count) => {
            showDone(m.ordered(count));
            onClose();
          },
        })
      }
    >
      <p className={muted}>{m.orderText}</p>
      <Loaded query={query}>
        {() =>
          shown.length === 0 ? (
            <p className={bodyText}>{m.noPinned}</p>
          ) : (
            <OrderList facets={shown} onChange={(next) => setOrder(next.map(({ id }) => id))} />
          )
        }
      </Loaded>
    </ActionDialog>
  );
}

type ListProps = { facets: readonly PinnedFacet[]; onChange: (facets: readonly PinnedFacet[]) => void };

function OrderList({ facets, onChange }: ListProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [said, setSaid] = useState("");
  const frame = useRef<HTMLOListElement>(null);
  const moved = useRef<string | null>(null);
  // What is drawn at another place loses the focus; the next arrow key is meant for it.
  useEffect(() => {
    if (moved.current === null) return;
    frame.current?.querySelector<HTMLElement>(`[data-move="${CSS.escape(moved.current)}"]`)?.focus();
    moved.current = null;
  });
  const move = (from: number, to: number) => {
    const facet = facets[from];
    if (!facet || to < 0 || to >= facets.length || to === from) return;
    const list = facets.filter((_, index) => index !== from);
    list.splice(to, 0, facet);
    moved.current = facet.id;
    setSaid(m.said(facet.name, to + 1));
    onChange(list);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(index, index + step);
  };
  return (
    <>
      <ol ref={frame} className={plainList}>
        {facets.map((facet, index) => (
          <li
            key={facet.id}
            className={line({ isOver: over === index && dragged !== null })}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.setData("text/plain", facet.name);
              setDragged(index);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(index);
            }}
            onDragEnd={() => setDragged(null)}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) move(dragged, index);
              setDragged(null);
            }}
          >
            {/* A real button cannot be dragged in every browser. */}
            {/* biome-ignore lint/a11y/useSemanticElements: see above */}
            <span
              role="button"
              tabIndex={0}
              className={handle({})}
              data-move={facet.id}
              aria-label={m.handle(facet.name, index + 1)}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              ⠿ {index + 1}
            </span>
            <span className={bodyText}>{facet.name}</span>
            {hasDraft(facet) && facet.liveVersion !== null ? <span className={mutedXs}>{m.hasDraft}</span> : null}
          </li>
        ))}
      </ol>
      <span role="status" className={visuallyHidden}>
        {said}
      </span>
    </>
  );
}
