import { pathByKind } from "../definitions/path-by-kind.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { mutedXs, row } from "../ui/styles.ts";
import type { NextStepKind } from "./shapes.ts";
import type { Made } from "./use-search-report.ts";

const m = messages.searchAnalytics;

/** What was made of a query before, with where it stands. */
export function MadeLinks({ made }: { made: readonly Made[] }) {
  if (made.length === 0) return null;
  return (
    <span className={row}>
      {made.map(({ id, kind, status }) => {
        const text = m.madeStatus(m.made[kind as NextStepKind], messages.status[status]);
        const path = pathByKind[kind];
        return (
          <span key={id} className={mutedXs}>
            {path === undefined ? text : <AppLink to={`${path}/${id}`}>{text}</AppLink>}
          </span>
        );
      })}
    </span>
  );
}
