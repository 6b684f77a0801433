import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type DragEvent, type ReactNode, useState } from "react";
import { useTree } from "./tree-context.ts";

const item = style({
  position: "relative",
  borderWidth: 0,
  borderStyle: "solid",
  borderColor: "blue-800",
  borderTopWidth: { default: 0, over: { before: 2 } },
  borderBottomWidth: { default: 0, over: { after: 2 } },
});

type Over = "none" | "before" | "after";
type Props = { groupId: string; index: number; place: string; id: string; children: ReactNode };

/** A condition in its group that shows where one that is dragged over it would land: in front of it or behind it. */
export function DropPlace({ groupId, index, place, id, children }: Props) {
  const { dragged, actions } = useTree();
  const [over, setOver] = useState<Over>("none");
  const takes = dragged !== null && actions !== null && dragged.place === place && dragged.id !== id;
  const handlers = {
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (!takes) return;
      event.preventDefault();
      // The groups around it are no target while this one is.
      event.stopPropagation();
      const { top, height } = event.currentTarget.getBoundingClientRect();
      setOver(event.clientY < top + height / 2 ? "before" : "after");
    },
    onDragLeave: () => setOver("none"),
    onDrop: (event: DragEvent<HTMLElement>) => {
      setOver("none");
      if (!takes || over === "none") return;
      event.preventDefault();
      event.stopPropagation();
      actions.move(dragged.id, groupId, over === "before" ? index : index + 1);
    },
  };
  return (
    <li className={item({ over })} {...handlers}>
      {children}
    </li>
  );
}

/** Takes a condition to the end of a group, also of one without conditions. */
export function useDropAtEnd(groupId: string, count: number, place: string) {
  const { dragged, actions } = useTree();
  const takes = dragged !== null && actions !== null && dragged.place === place;
  return {
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (!takes) return;
      event.preventDefault();
      event.stopPropagation();
    },
    onDrop: (event: DragEvent<HTMLElement>) => {
      if (!takes) return;
      event.preventDefault();
      event.stopPropagation();
      actions.move(dragged.id, groupId, count);
    },
  };
}
