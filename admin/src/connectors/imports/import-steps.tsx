import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";

const m = messages.connectors.imports;
const names = ["file", "mapping", "run", "result"] as const;
export type ImportStep = (typeof names)[number];

const list = style({ display: "flex", flexWrap: "wrap", gap: 8, listStyleType: "none", margin: 0, padding: 0 });
const item = style({
  font: "ui-sm",
  fontWeight: { default: "normal", isCurrent: "bold" },
  color: { default: "neutral-subdued", isCurrent: "heading" },
  backgroundColor: { default: "transparent", isCurrent: "gray-100" },
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: { default: "gray-200", isCurrent: "gray-400" },
  borderRadius: "full",
  paddingX: 12,
  paddingY: 4,
});

/** Where the import stands, of four. */
export function ImportSteps({ current }: { current: ImportStep }) {
  return (
    <ol className={list} aria-label={m.stepsLabel}>
      {names.map((name, index) => (
        <li
          key={name}
          className={item({ isCurrent: name === current })}
          aria-current={name === current ? "step" : undefined}
        >
          {m.step(formatNumber(index + 1), m.steps[name])}
        </li>
      ))}
    </ol>
  );
}
