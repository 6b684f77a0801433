import { messages } from "../messages.ts";
import { codeBlock } from "./styles.ts";

export function JsonView({ value, label = messages.common.json }: { value: unknown; label?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long documents scroll, and must do so by keyboard too
    <section className={codeBlock} tabIndex={0} aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </section>
  );
}
