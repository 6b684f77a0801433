import { Badge } from "@react-spectrum/s2";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Facts } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, stackWide } from "../ui/styles.ts";
import type { IdentityEntry, ProfileDetail } from "./shapes.ts";
import { useIdentityHistory } from "./use-profiles.ts";

const m = messages.profiles;

const historyColumns: readonly Column<IdentityEntry>[] = [
  { key: "action", label: messages.audit.action, text: ({ action }) => action },
  { key: "identifier", label: m.identifier, text: ({ namespace, value }) => (value ? `${namespace}: ${value}` : "") },
  { key: "rule", label: m.rule, text: ({ rule }) => rule },
  { key: "at", label: messages.audit.at, isOneLine: true, text: ({ at }) => formatInstant(at) },
];

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
              value: m.consent(value.status, formatInstant(value.at)),
            }))}
          />
        )}
      </Panel>
      {profile.mergedFrom.length === 0 ? null : (
        <Panel title={m.mergedFrom}>
          <p className={muted}>{profile.mergedFrom.join(", ")}</p>
        </Panel>
      )}
      <Panel title={m.history} description={m.historyText}>
        <Loaded query={history}>
          {(data) =>
            data.items.length === 0 ? (
              <p className={muted}>{m.noHistory}</p>
            ) : (
              <DataTable
                label={m.history}
                columns={historyColumns}
                rows={data.items}
                rowKey={(entry) => JSON.stringify(entry)}
              />
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}
