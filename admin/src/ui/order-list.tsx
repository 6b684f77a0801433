import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { plainList, visuallyHidden } from "./styles.ts";

const line = style({
  display: "flex",
  gap: 12,
  alignItems: "start",
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
  flexShrink: 0,
});
const content = style({ flexGrow: 1, minWidth: 0 });
const steps: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

export type Ordered = { readonly id: string; readonly name: string };

type Props<T extends Ordered> = {
  label: string;
  items: readonly T[];
  isReadOnly: boolean;
  onMove: (from: number, to: number) => void;
  /** What the handle says of itself; places count from 1. */
  handleText: (name: string, place: number) => string;
  movedText: (name: string, place: number) => string;
  children: (item: T, index: number) => ReactNode;
};

/** A list whose order people set, by dragging the handle or with its arrow keys; every move is said aloud. */
export function OrderList<T extends Ordered>(props: Props<T>) {
  const { label, items, isReadOnly, onMove, handleText, movedText, children } = props;
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
    const item = items[from];
    if (!item || to < 0 || to >= items.length || to === from) return;
    moved.current = item.id;
    setSaid(movedText(item.name, to + 1));
    onMove(from, to);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(index, index + step);
  };
  const onDragStart = (event: DragEvent<HTMLElement>, index: number, name: string) => {
    event.dataTransfer.setData("text/plain", name);
    const whole = event.currentTarget.closest("li");
    if (whole) event.dataTransfer.setDragImage(whole, 0, 0);
    setDragged(index);
  };
  return (
    <>
      <ol ref={frame} className={plainList} aria-label={label}>
        {items.map((item, index) => (
          <li
            key={item.id}
            className={line({ isOver: over === index && dragged !== null })}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(index);
            }}
            onDrop={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              move(dragged, index);
              setDragged(null);
            }}
          >
            {isReadOnly ? null : (
              // biome-ignore lint/a11y/useSemanticElements: a real button cannot be dragged in every browser
              <span
                role="button"
                tabIndex={0}
                draggable
                className={handle({})}
                data-move={item.id}
                aria-label={handleText(item.name, index + 1)}
                onKeyDown={(event) => onKeyDown(event, index)}
                onDragStart={(event) => onDragStart(event, index, item.name)}
                onDragEnd={() => setDragged(null)}
              >
                ⠿ {index + 1}
              </span>
            )}
            <div className={content}>{children(item, index)}</div>
          </li>
        ))}
      </ol>
      <span role="status" className={visuallyHidden}>
        {said}
      </span>
    </>
  );
}

/** A copy with one item at another place. */
export function movedItem<T>(items: readonly T[], from: number, to: number): readonly T[] {
  const item = items[from];
  if (item === undefined) return items;
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}
