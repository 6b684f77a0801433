import type { Line } from "../types.ts";
import { formatMoney } from "./money.tsx";
import { Picture } from "./picture.tsx";

export function optionText({ options }: Pick<Line, "options">): string {
  return Object.entries(options)
    .map(([, value]) => value)
    .join(" · ");
}

/** Lines to read: in the checkout, an order, a list. */
export function LineList({
  lines,
  action,
}: {
  readonly lines: readonly Line[];
  readonly action?: (line: Line) => React.ReactNode;
}) {
  return (
    <ul className="lines lines-small">
      {lines.map((line) => (
        <li key={line.key} className="line">
          <Picture src={line.image} alt="" />
          <div className="line-text">
            <a href={line.url}>{line.name}</a>
            <p className="line-options">{optionText(line)}</p>
            <p className="line-options">
              {line.qty} × {formatMoney(line.unitPrice)}
            </p>
          </div>
          <span className="figure">
            {formatMoney(line.lineTotal)}
            {line.discount && line.discount.minor > 0 && (
              <span className="line-discount">−{formatMoney(line.discount)}</span>
            )}
          </span>
          {action?.(line)}
        </li>
      ))}
    </ul>
  );
}
