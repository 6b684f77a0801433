import { DialogContainer } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useRef, useState } from "react";
import { messages } from "../messages.data.ts";
import { visuallyHidden } from "../ui/styles.ts";
import type { CardAction } from "./card-actions.tsx";
import { eventOf, pinTo, say } from "./edit-events.ts";
import { WhyDialog } from "./explanation.tsx";
import { PinDialog } from "./pin-dialog.tsx";
import { type Dragged, ProductCard } from "./product-card.tsx";
import type { ConsideredRule, ListItem, NamedEvent } from "./shapes.ts";

const m = messages.merchandising.products;
const cards = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(268px, 1fr))",
  gap: 12,
  opacity: { default: 1, isBehind: 0.7 },
});

type Props = {
  items: readonly ListItem[];
  events: readonly NamedEvent[];
  rules: readonly ConsideredRule[];
  ownId: string;
  isBehind: boolean;
  isReadOnly: boolean;
  onChange: (events: readonly NamedEvent[]) => void;
};

/** The list as cards that can be moved and judged. A place is given by dragging, by arrow keys or from the card's menu. */
export function ProductGrid({ items, events, rules, ownId, isBehind, isReadOnly, onChange }: Props) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const [open, setOpen] = useState<{ readonly kind: "why" | "ask"; readonly sku: string } | null>(null);
  const [said, setSaid] = useState("");
  const frame = useRef<HTMLOListElement>(null);
  const moved = useRef<string | null>(null);
  // A card that is drawn at another place loses the focus; the next arrow key is meant for it.
  useEffect(() => {
    const sku = moved.current;
    if (sku === null || document.activeElement !== document.body) return;
    frame.current?.querySelector<HTMLElement>(`[data-move="${CSS.escape(sku)}"]`)?.focus();
  });

  const pin = (item: ListItem, position: number, from: number) => {
    onChange(pinTo(events, item.sku, position, from));
    setSaid(m.said.pin(item.name, position));
  };
  const act = (item: ListItem, at: number, action: CardAction) => {
    moved.current = action.kind === "pin" ? item.sku : null;
    switch (action.kind) {
      case "pin":
        return pin(item, action.position ?? at, at);
      case "say":
        onChange(say(events, item.sku, action.action));
        return setSaid(m.said[action.action ?? "none"](item.name));
      case "ask":
      case "why":
        return setOpen({ kind: action.kind, sku: item.sku });
    }
  };
  const dropAt = (position: number) => {
    const item = items.find(({ sku }) => sku === dragged?.sku);
    if (item && dragged) pin(item, position, dragged.position);
    setDragged(null);
  };
  const opened = items.findIndex(({ sku }) => sku === open?.sku);
  const shown = items[opened];
  return (
    <>
      <ol ref={frame} className={cards({ isBehind })} aria-label={m.title} aria-busy={isBehind}>
        {items.map((item, index) => (
          <ProductCard
            key={item.sku}
            item={item}
            position={index + 1}
            event={eventOf(events, item.sku)}
            ownId={ownId}
            isReadOnly={isReadOnly}
            dragged={dragged}
            onDrag={setDragged}
            onDropHere={() => dropAt(index + 1)}
            onAction={(action) => act(item, index + 1, action)}
          />
        ))}
      </ol>
      <span role="status" className={visuallyHidden}>
        {said}
      </span>
      <DialogContainer onDismiss={() => setOpen(null)}>
        {shown && open?.kind === "why" ? <WhyDialog item={shown} rules={rules} /> : null}
        {shown && open?.kind === "ask" ? (
          <PinDialog
            name={shown.name}
            position={opened + 1}
            onClose={() => setOpen(null)}
            onPin={(position) => pin(shown, position, opened + 1)}
          />
        ) : null}
      </DialogContainer>
    </>
  );
}
