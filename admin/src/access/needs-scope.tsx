import type { ReactNode } from "react";
import type { Scope } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { EmptyState } from "../ui/states.tsx";
import { useGate } from "./use-session.ts";

/** Draws its content for those who may see it; others read which permission it needs, and nothing is asked of the server. */
export function NeedsScope({ scope, children }: { scope: Scope; children: ReactNode }) {
  const gate = useGate(scope);
  if (gate.isAllowed) return <>{children}</>;
  return <EmptyState title={messages.access.hidden} text={gate.reason ?? ""} />;
}
