import { useBlocker } from "@tanstack/react-router";
import { useRef } from "react";
import { messages } from "../messages.data.ts";

/** Asks before unsaved changes are left behind, inside the admin and when the window closes. */
export function useLeaveGuard(isActive: boolean): { release: () => void } {
  const isReleased = useRef(false);
  useBlocker({
    shouldBlockFn: ({ current, next }) => {
      if (!isActive || isReleased.current || current.pathname === next.pathname) return false;
      return !window.confirm(messages.definitions.leave);
    },
    enableBeforeUnload: () => isActive && !isReleased.current,
  });
  return {
    release: () => {
      isReleased.current = true;
    },
  };
}
