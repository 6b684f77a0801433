import { type RefObject, useLayoutEffect, useRef } from "react";

/** The value of the last drawing, for callbacks that must stay the same so that what they are given to need not be drawn again. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useLayoutEffect(() => {
    latest.current = value;
  });
  return latest;
}
