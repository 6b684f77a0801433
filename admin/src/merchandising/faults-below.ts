import type { Fault } from "../api/client.ts";

/** Faults at or below a JSON pointer of the body, with paths from there on. */
export function faultsBelow(faults: readonly Fault[], pointer: string): readonly Fault[] {
  return faults.flatMap((fault) => {
    const path = fault.path.replace(/^\/body(?=\/|$)/, "");
    return path === pointer || path.startsWith(`${pointer}/`) ? [{ ...fault, path: path.slice(pointer.length) }] : [];
  });
}
