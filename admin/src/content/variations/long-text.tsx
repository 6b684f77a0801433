import { codeBlock } from "../../ui/styles.ts";

/** A text as it is written, in a box that scrolls. */
export function LongText({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long texts scroll, and must do so by keyboard too
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div role="group" className={codeBlock} style={{ whiteSpace: "pre-wrap" }} tabIndex={0} aria-label={label}>
      {text}
    </div>
  );
}
