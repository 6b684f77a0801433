import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";

export type Fact = { readonly label: string; readonly value: ReactNode };

const list = style({
  display: "grid",
  gridTemplateColumns: "minmax(96px, max-content) minmax(0, 1fr)",
  columnGap: 16,
  rowGap: 8,
  alignContent: "start",
  margin: 0,
});
const term = style({ font: "body-sm", color: "neutral-subdued", margin: 0 });
const value = style({ font: "body-sm", color: "body", margin: 0, overflowWrap: "anywhere" });

/** Names and values, two columns. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={list}>
      {facts.map((fact) => (
        <FactRow key={fact.label} fact={fact} />
      ))}
    </dl>
  );
}

function FactRow({ fact }: { fact: Fact }) {
  return (
    <>
      <dt className={term}>{fact.label}</dt>
      <dd className={value}>{fact.value}</dd>
    </>
  );
}

const tile = style({
  backgroundColor: "elevated",
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "lg",
  padding: 16,
  display: "flex",
  flexDirection: "column",
  gap: 4,
});
const figure = style({ font: "heading", color: "heading", margin: 0 });

/** One figure with its name and, below it, its unit or age. */
export function Tile({ label, value: shown, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className={tile}>
      <span className={term}>{label}</span>
      <span className={figure}>{shown}</span>
      {note ? <span className={term}>{note}</span> : null}
    </div>
  );
}
