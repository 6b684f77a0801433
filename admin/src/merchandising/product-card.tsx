import { ActionButton } from "@react-spectrum/s2";
import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type DragEvent, type KeyboardEvent, useState } from "react";
import { ProductImage } from "../catalog/product-image.tsx";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { row, rowBetween } from "../ui/styles.ts";
import { type CardAction, CardActions } from "./card-actions.tsx";
import { EffectBadges, ProductFacts } from "./product-facts.tsx";
import type { ListItem, NamedEvent } from "./shapes.ts";

const m = messages.merchandising.products;

const card = style({
  display: "flex",
  flexDirection: "column",
  gap: 8,
  minWidth: 0,
  padding: 12,
  borderWidth: 1,
  borderStyle: "solid",
  borderRadius: "default",
  borderColor: { default: "gray-200", isPinned: "blue-800", isOver: "blue-900" },
  backgroundColor: { default: "elevated", isOver: "blue-100" },
  boxSizing: "border-box",
  cursor: { default: "default", isMovable: "grab" },
});
const productRow = style({ display: "flex", gap: 12, minWidth: 0, alignItems: "start" });
const texts = style({ display: "flex", flexDirection: "column", gap: 4, minWidth: 0, font: "body-sm", color: "body" });
const handle = style({
  ...focusRing(),
  font: "ui-sm",
  fontWeight: "bold",
  color: "neutral",
  backgroundColor: "gray-100",
  borderStyle: "none",
  borderRadius: "sm",
  paddingX: 8,
  paddingY: 4,
  cursor: "grab",
});
const place = style({ font: "ui-sm", fontWeight: "bold", color: "neutral" });
const bottom = style({ marginTop: "auto" });

export type Dragged = { readonly sku: string; readonly position: number };

type Props = {
  item: ListItem;
  position: number;
  event: NamedEvent | undefined;
  ownId: string;
  isReadOnly: boolean;
  dragged: Dragged | null;
  onDrag: (dragged: Dragged | null) => void;
  /** Pins what is dragged to this card's place. */
  onDropHere: () => void;
  onAction: (action: CardAction) => void;
};

/** One product of the list: what it is, what rules made of it, and what can be done with it. */
export function ProductCard(props: Props) {
  const { item, position, event, ownId, isReadOnly, dragged, onDrag, onAction } = props;
  const [isOver, setOver] = useState(false);
  const takes = dragged !== null && dragged.sku !== item.sku;
  const drop = {
    onDragOver: (over: DragEvent<HTMLElement>) => {
      if (!takes) return;
      over.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (over: DragEvent<HTMLElement>) => {
      setOver(false);
      if (!takes) return;
      over.preventDefault();
      props.onDropHere();
    },
  };
  return (
    <li
      className={card({ isPinned: event?.action === "pin", isOver: isOver && takes, isMovable: !isReadOnly })}
      draggable={!isReadOnly}
      onDragStart={(start) => {
        start.dataTransfer.effectAllowed = "move";
        start.dataTransfer.setData("text/plain", item.sku);
        onDrag({ sku: item.sku, position });
      }}
      onDragEnd={() => onDrag(null)}
      {...drop}
    >
      <div className={rowBetween}>
        {isReadOnly ? (
          <span className={place}>{m.place(position)}</span>
        ) : (
          <MoveButton item={item} position={position} onAction={onAction} />
        )}
        {isReadOnly ? null : <CardActions item={item} position={position} event={event} onAction={onAction} />}
      </div>
      <div className={productRow}>
        <ProductImage src={item.image} alt="" size="medium" />
        <div className={texts}>
          <AppLink to={`/catalog/${encodeURIComponent(item.sku)}`}>{item.name}</AppLink>
          <ProductFacts item={item} />
        </div>
      </div>
      <EffectBadges effects={item.effects} ownId={ownId} />
      <div className={bottom}>
        <span className={row}>
          <ActionButton isQuiet size="XS" aria-label={m.whyOf(item.name)} onPress={() => onAction({ kind: "why" })}>
            {m.why}
          </ActionButton>
        </span>
      </div>
    </li>
  );
}

const stepByKey: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

/** The product's place; the arrow keys pin it to the one before or after. */
function MoveButton({ item, position, onAction }: Pick<Props, "item" | "position" | "onAction">) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = stepByKey[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (position + step >= 1) onAction({ kind: "pin", position: position + step });
  };
  return (
    // A real button cannot be dragged in every browser.
    // biome-ignore lint/a11y/useSemanticElements: see above
    <span
      role="button"
      tabIndex={0}
      className={handle({})}
      data-move={item.sku}
      title={m.handleHelp}
      aria-label={m.handle(item.name, position)}
      onKeyDown={onKeyDown}
    >
      ⠿ {m.place(position)}
    </span>
  );
}
