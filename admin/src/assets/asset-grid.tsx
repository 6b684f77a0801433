import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";

const grid = style({
  listStyleType: "none",
  margin: 0,
  padding: 0,
  display: "grid",
  gridTemplateColumns: "repeat(auto-fill, minmax(176px, 1fr))",
  gap: 12,
  opacity: { default: 1, isStale: 0.6 },
});
const frame = style({
  display: "flex",
  alignItems: "center",
  justifyContent: "center",
  height: 136,
  backgroundColor: "gray-75",
  overflow: "hidden",
  borderRadius: "default",
});

type Props<T> = {
  label: string;
  items: readonly T[];
  isStale: boolean;
  keyOf: (item: T) => string;
  children: (item: T) => ReactNode;
};

/** Cards beside and below each other, as many in a row as fit. */
export function AssetGrid<T>({ label, items, isStale, keyOf, children }: Props<T>) {
  return (
    <ul className={grid({ isStale })} aria-label={label} aria-busy={isStale}>
      {items.map((item) => (
        <li key={keyOf(item)}>{children(item)}</li>
      ))}
    </ul>
  );
}

/** A picture that keeps its shape in a frame of one height. */
export function Thumbnail({ src, alt = "" }: { src: string; alt?: string }) {
  return (
    <span className={frame}>
      <img src={src} alt={alt} loading="lazy" style={{ maxWidth: "100%", maxHeight: "100%", objectFit: "contain" }} />
    </span>
  );
}
