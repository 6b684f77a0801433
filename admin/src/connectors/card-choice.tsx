import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useId } from "react";
import { Panel } from "../ui/page.tsx";
import { muted, strong, visuallyHidden } from "../ui/styles.ts";

export type Card = { readonly key: string; readonly label: string; readonly text: string };

type Props = {
  title: string;
  cards: readonly Card[];
  chosen: string | undefined;
  onChange: (key: string) => void;
};

const grid = style({ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(208px, 1fr))", gap: 12 });
const card = style({
  position: "relative",
  display: "flex",
  flexDirection: "column",
  gap: 4,
  padding: 16,
  borderWidth: 2,
  borderStyle: "solid",
  borderColor: { default: "gray-200", ":hover": "gray-400", isChosen: "blue-800" },
  borderRadius: "lg",
  backgroundColor: { default: "elevated", isChosen: "blue-100" },
  cursor: "pointer",
  outlineStyle: { default: "none", ":focus-within": "solid" },
  outlineColor: "focus-ring",
  outlineWidth: 2,
  outlineOffset: 2,
});

/** One of several ways, each with a sentence. Radio buttons underneath: arrows move, the form reads them out as one group. */
export function CardChoice({ title, cards, chosen, onChange }: Props) {
  const name = useId();
  return (
    <Panel title={title}>
      <div role="radiogroup" aria-label={title} className={grid}>
        {cards.map(({ key, label, text }) => (
          <label key={key} className={card({ isChosen: key === chosen })}>
            <input
              type="radio"
              className={visuallyHidden}
              name={name}
              value={key}
              checked={key === chosen}
              aria-describedby={`${name}-${key}`}
              aria-label={label}
              onChange={() => onChange(key)}
            />
            <span className={strong}>{label}</span>
            <span className={muted} id={`${name}-${key}`}>
              {text}
            </span>
          </label>
        ))}
      </div>
    </Panel>
  );
}
