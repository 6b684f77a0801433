import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../messages.data.ts";

const frame = style({ display: "inline-flex", alignItems: "center", gap: 8, font: "title", color: "heading" });

/** The product's mark with its name (which a narrow navigation hides). */
export function Mark({ isNameHidden = false }: { isNameHidden?: boolean }) {
  return (
    <span className={frame}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#274dea" />
        <path d="M22 11.2A7.4 7.4 0 1 0 22 20.8" fill="none" stroke="#fff" strokeWidth="3.4" strokeLinecap="round" />
        <circle cx="22.4" cy="16" r="2.3" fill="#fff" />
      </svg>
      {isNameHidden ? null : messages.product}
    </span>
  );
}
