/** Where the reader is and how to go elsewhere. Addresses inside the admin are written without its base path. */
import { Link } from "@react-spectrum/s2";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback } from "react";
import { type Search, type SearchPatch, toLocation } from "./location.ts";

export function useGo(): (href: string, options?: { readonly replace?: boolean }) => void {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  return useCallback(
    (href, options) => {
      void navigate({ ...toLocation(href, search), replace: options?.replace ?? false });
    },
    [navigate, search],
  );
}

/** What the address holds, and a function that changes some of it; null removes. */
export function useUrlState(): readonly [Search, (patch: SearchPatch) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (patch: SearchPatch) => {
      void navigate({
        to: ".",
        replace: true,
        resetScroll: false,
        search: (old: Record<string, unknown>) =>
          Object.fromEntries(
            Object.entries({ ...old, ...patch }).filter(([, value]) => typeof value === "string" && value !== ""),
          ),
      });
    },
    [navigate],
  );
  return [search, change];
}

export function AppLink({ to, children, quiet = true }: { to: string; children: ReactNode; quiet?: boolean }) {
  return (
    <Link href={to} isStandalone isQuiet={quiet} variant="primary">
      {children}
    </Link>
  );
}
