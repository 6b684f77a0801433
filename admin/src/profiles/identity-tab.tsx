import { Badge } from "@react-spectrum/s2";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Facts } from "../ui/facts.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, stackWide } from "../ui/styles.ts";
import type { ProfileDetail } from "./shapes.ts";
import { useIdentityHistory } from "./use-profiles.ts";

const m = messages.profiles;

/** Every identifier with the time it belonged to this person, merges, and consents. */
export function IdentityTab({ profile }: { profile: ProfileDetail }) {
  const history = useIdentityHistory(profile.profileId);
  return (
    <div className={stackWide}>
      <DataTable
        label={m.identifiers}
        rows={profile.identifiers}
        rowKey={({ namespace, value, validFrom }) => `${namespace}:${value}:${validFrom}`}
        columns={[
          { key: "value", label: m.identifier, text: ({ value }) => value },
          { key: "namespace", label: m.namespace, text: ({ namespace }) => namespace },
          { key: "from", label: m.validFrom, text: ({ validFrom }) => formatInstant(validFrom) },
          {
            key: "to",
            label: m.validTo,
            text: ({ validTo }) => (validTo === null ? m.stillValid : formatInstant(validTo)),
          },
          {
            key: "verified",
            label: m.proof,
            text: ({ verified }) => (verified ? m.verified : m.claimed),
            render: ({ verified }) => (
              <Badge variant={verified ? "positive" : "neutral"} fillStyle="subtle">
                {verified ? m.verified : m.claimed}
              </Badge>
            ),
          },
        ]}
      />
      <Panel title={m.consents}>
        {Object.keys(profile.consents).length === 0 ? (
          <p className={muted}>{m.noConsents}</p>
        ) : (
          <Facts
            facts={Object.entries(profile.consents).map(([label, value]) => ({
              label,
              value: typeof value === "object" ? JSON.stringify(value) : String(value),
            }))}
          />
        )}
      </Panel>
      {profile.mergedFrom.length === 0 ? null : (
        <Panel title={m.mergedFrom}>
          <p className={muted}>
            {profile.mergedFrom.map((entry) => (typeof entry === "string" ? entry : entry.profileId)).join(", ")}
          </p>
        </Panel>
      )}
      <Panel title={m.history} description={m.historyText}>
        <Loaded query={history}>
          {(data) =>
            data.items.length === 0 ? <p className={muted}>{m.noHistory}</p> : <JsonView value={data.items} />
          }
        </Loaded>
      </Panel>
    </div>
  );
}
