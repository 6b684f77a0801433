import { messages } from "../messages.data.ts";
import { codeBlock } from "./styles.ts";

export function JsonView({ value, label = messages.common.json }: { value: unknown; label?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long documents scroll, and must do so by keyboard too
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div role="group" className={codeBlock} tabIndex={0} aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </div>
  );
}
