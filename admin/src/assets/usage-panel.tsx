import { StatusLight } from "@react-spectrum/s2";
import { pathByKind } from "../definitions/path-by-kind.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, mutedXs, plainList, row } from "../ui/styles.ts";
import { useAssetUses } from "./use-assets.ts";

const m = messages.assets;

/** Definitions that name the picture; as long as there is one it can be neither archived nor deleted. */
export function UsagePanel({ id }: { id: string }) {
  const query = useAssetUses(id);
  return (
    <Panel title={m.usage}>
      <Loaded query={query}>
        {(uses) =>
          uses.length === 0 ? (
            <p className={muted}>{m.usageNone}</p>
          ) : (
            <ul className={plainList}>
              {uses.map((use) => {
                const path = pathByKind[use.kind];
                return (
                  <li key={`${use.kind} ${use.id} ${use.path}`}>
                    <div className={row}>
                      {path ? <AppLink to={`${path}/${use.id}`}>{use.name}</AppLink> : use.name}
                      <StatusLight size="S" variant={use.isLive ? "positive" : "neutral"}>
                        {messages.status[use.status as keyof typeof messages.status] ?? use.status}
                      </StatusLight>
                    </div>
                    <span className={mutedXs}>
                      {messages.kinds[use.kind as keyof typeof messages.kinds] ?? use.kind}
                    </span>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
