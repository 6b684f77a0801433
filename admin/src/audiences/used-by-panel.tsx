import { pathByKind } from "../definitions/path-by-kind.ts";
import { useDefinitionPart } from "../definitions/use-definition.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { muted, plainList } from "../ui/styles.ts";

const v = messages.audienceViews;
const shown = 5;

type Use = { readonly id: string; readonly kind: string; readonly key: string; readonly name: string };

/** What would notice a change, before anybody saves it. */
export function UsedByPanel({ id }: { id: string }) {
  const uses = useDefinitionPart<Use>("audience", id, "used-by").data?.items;
  if (!uses) return null;
  return (
    <Panel title={v.usedBy} {...(uses.length === 0 ? {} : { description: v.usedByText })}>
      {uses.length === 0 ? <p className={muted}>{v.unused}</p> : null}
      <ul className={plainList}>
        {uses.slice(0, shown).map((use) => (
          <li key={`${use.kind} ${use.key}`}>
            <AppLink to={`${pathByKind[use.kind] ?? ""}/${use.id}`}>{use.name}</AppLink>{" "}
            <span className={muted}>{messages.kinds[use.kind as keyof typeof messages.kinds] ?? use.kind}</span>
          </li>
        ))}
      </ul>
      {uses.length > shown ? <p className={muted}>{v.andMore(formatNumber(uses.length - shown))}</p> : null}
    </Panel>
  );
}
