import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { type TreeActions, useTree } from "./tree-context.ts";

const m = messages.builder;

const handle = style({
  ...focusRing(),
  display: "flex",
  alignItems: "center",
  justifyContent: "center",
  flexShrink: 0,
  width: 24,
  height: 24,
  borderRadius: "sm",
  color: "neutral-subdued",
  cursor: "grab",
});
const dots = style({ fill: "currentColor" });

type Props = { id: string; place: string; label: string; actions: TreeActions };

/** Takes a condition elsewhere: dragged with a pointer, moved by the arrow keys. */
export function MoveHandle({ id, place, label, actions }: Props) {
  const { setDragged } = useTree();
  const moves: Readonly<Record<string, () => void>> = {
    ArrowUp: () => actions.step(id, -1),
    ArrowDown: () => actions.step(id, 1),
    ArrowLeft: () => actions.outdent(id),
    ArrowRight: () => actions.indent(id),
  };
  return (
    // A real button cannot be dragged in every browser.
    // biome-ignore lint/a11y/useSemanticElements: see above
    <span
      role="button"
      tabIndex={0}
      draggable
      data-handle={id}
      className={handle({})}
      title={m.moveHelp}
      aria-label={m.move(label)}
      onKeyDown={(event) => {
        const move = moves[event.key];
        if (!move) return;
        event.preventDefault();
        move();
      }}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", label);
        setDragged({ id, place });
      }}
      onDragEnd={() => setDragged(null)}
    >
      <svg width="10" height="16" viewBox="0 0 10 16" className={dots} aria-hidden="true">
        {[2, 8, 14].flatMap((y) => [2, 8].map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="1.6" />))}
      </svg>
    </span>
  );
}
