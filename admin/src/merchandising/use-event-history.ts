import { useState } from "react";
import type { NamedEvent } from "./shapes.ts";

const maxSteps = 100;

/** Changes of what is said of single products, with the way back and forth. */
export function useEventHistory(events: readonly NamedEvent[], onChange: (events: readonly NamedEvent[]) => void) {
  const [past, setPast] = useState<readonly (readonly NamedEvent[])[]>([]);
  const [future, setFuture] = useState<readonly (readonly NamedEvent[])[]>([]);
  const before = past.at(-1);
  const after = future[0];
  return {
    change: (next: readonly NamedEvent[]) => {
      setPast([...past, events].slice(-maxSteps));
      setFuture([]);
      onChange(next);
    },
    undo: before
      ? () => {
          setPast(past.slice(0, -1));
          setFuture([events, ...future]);
          onChange(before);
        }
      : null,
    redo: after
      ? () => {
          setPast([...past, events]);
          setFuture(future.slice(1));
          onChange(after);
        }
      : null,
  };
}
