import type { KeyboardEvent, ReactNode } from "react";
import { stack } from "../../ui/styles.ts";

/** Fields of a trial stand inside the form of the rule: Enter in one of them must not save the draft. */
export function NoSubmit({ children }: { children: ReactNode }) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps a key from the form around it
    <div className={stack} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}
