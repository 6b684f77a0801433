import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { DiffPart } from "./shapes.ts";

const frame = style({
  font: "code-sm",
  color: "body",
  backgroundColor: "layer-1",
  borderRadius: "default",
  padding: 12,
  margin: 0,
  overflow: "auto",
  maxHeight: 320,
  whiteSpace: "pre-wrap",
  overflowWrap: "anywhere",
});
const removed = style({ backgroundColor: "red-200", textDecoration: "line-through", color: "neutral" });
const added = style({ backgroundColor: "green-200", textDecoration: "underline", color: "neutral" });

type Props = { parts: readonly DiffPart[]; shown: "added" | "removed"; label: string };

/** One side of a comparison: what it alone says is marked, by a line as well as by colour. */
export function DiffText({ parts, shown, label }: Props) {
  // Parts of a text have no names of their own; they change only all together.
  const own = parts.flatMap((part, index) => (part.kind === "same" || part.kind === shown ? [{ ...part, index }] : []));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long texts scroll, and must do so by keyboard too
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div role="group" className={frame} tabIndex={0} aria-label={label}>
      {own.map(({ kind, text, index }) => (
        <Part key={index} kind={kind} text={text} />
      ))}
    </div>
  );
}

function Part({ kind, text }: DiffPart) {
  switch (kind) {
    case "same":
      return <span>{text}</span>;
    case "removed":
      return <del className={removed}>{text}</del>;
    case "added":
      return <ins className={added}>{text}</ins>;
  }
}
