import type { ReactNode } from "react";
import type { Fault } from "../api/client.ts";
import { muted } from "../ui/styles.ts";

/** Faults below a field that has no place for them itself. */
export function mutedAlert(faults: readonly Fault[]): ReactNode {
  if (faults.length === 0) return null;
  return (
    <p role="alert" className={muted}>
      {faults.map(({ message }) => message).join("; ")}
    </p>
  );
}
