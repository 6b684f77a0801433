import { Badge } from "@react-spectrum/s2";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { body as bodyText, mutedXs, plainList, row, stackTight } from "../../ui/styles.ts";
import type { RuleReach } from "./shapes.ts";

const m = messages.priceRules.reach;
type Conflict = RuleReach["conflicts"][number];

/** What keeps the rule, or another one, from doing anything, or sells below the floor. */
const severe: ReadonlySet<string> = new Set([
  ...["ended", "impossible", "no_products", "below_floor", "shadowed", "shadows", "never_wins", "always_wins"],
]);
export const isSevere = ({ code }: Conflict): boolean => severe.has(code);

/** What a rule that is not published meets among the published ones. */
export function ConflictList({ conflicts }: { conflicts: readonly Conflict[] }) {
  return (
    <ul className={plainList} aria-label={m.conflicts}>
      {conflicts.map((conflict) => {
        const { code, rule, name, priority, group, products, examples } = conflict;
        return (
          <li key={`${code} ${rule ?? ""}`} className={stackTight}>
            <div className={row}>
              <Badge size="S" variant={isSevere(conflict) ? "negative" : "notice"}>
                {isSevere(conflict) ? m.severe : m.notice}
              </Badge>
              {rule === undefined ? null : <AppLink to={`/price-rules/${rule}`}>{name ?? rule}</AppLink>}
              {priority === undefined ? null : <span className={mutedXs}>{m.priority(formatNumber(priority))}</span>}
            </div>
            <span className={bodyText}>{m.codes[code as keyof typeof m.codes] ?? code}</span>
            {group === undefined ? null : <span className={mutedXs}>{m.inGroup(group)}</span>}
            {products === undefined ? null : (
              <span className={mutedXs}>
                {(rule === undefined ? m.on : m.shared)(formatNumber(products), (examples ?? []).join(", "))}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
