import { useCallback, useEffect, useState } from "react";

export type Loaded<T> =
  | { readonly status: "loading"; readonly value: T | undefined; readonly fault: null }
  | { readonly status: "ready"; readonly value: T; readonly fault: null }
  | { readonly status: "failed"; readonly value: undefined; readonly fault: unknown };

/**
 * Loads what a page shows. While the key changes, the old value stays to look at.
 *
 * @param key names what is loaded; a new key loads anew
 * @returns the state and a function that loads again
 */
export function useLoaded<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
): Loaded<T> & { readonly reload: () => void } {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<{ key: string; loaded: Loaded<T> }>({
    key: "",
    loaded: { status: "loading", value: undefined, fault: null },
  });
  const wanted = `${attempt}\n${key}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for everything that `load` reads
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (value) => !abort.signal.aborted && setState({ key: wanted, loaded: { status: "ready", value, fault: null } }),
      (fault: unknown) =>
        !abort.signal.aborted && setState({ key: wanted, loaded: { status: "failed", value: undefined, fault } }),
    );
    return () => abort.abort();
  }, [wanted]);

  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  if (state.key === wanted) return { ...state.loaded, reload };
  return { status: "loading", value: state.loaded.value, fault: null, reload };
}
