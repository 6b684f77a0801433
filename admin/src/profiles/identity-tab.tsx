import { Badge, Content, DialogContainer, Heading, InlineAlert, LinkButton } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatAgo, formatInstant, formatNumber, formatShortId } from "../format.ts";
import { type KeptMessages, useKeptMessages } from "../identity/simulate/use-simulation.ts";
import { actionName, namespaceName, ruleName, shortValue } from "../identity/words.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, mutedXs, row, stackWide } from "../ui/styles.ts";
import { MergeDialog } from "./merge-dialog.tsx";
import type { IdentityEntry, ProfileDetail, ProfileIdentifier } from "./shapes.ts";
import { SplitDialog } from "./split-dialog.tsx";
import { useIdentityHistory } from "./use-profiles.ts";

const m = messages.profiles;
const i = messages.identity;
const none = messages.common.none;

/** Every identifier with the time it belonged to this person, how that came about, and putting it right by hand. */
export function IdentityTab({ profile }: { profile: ProfileDetail }) {
  const [open, setOpen] = useState<"split" | "merge" | null>(null);
  const close = () => setOpen(null);
  const kept = useKeptMessages(profile.profileId).data;
  return (
    <div className={stackWide}>
      <MergedFrom ids={profile.mergedFrom} />
      <Panel
        title={m.identifiers}
        aside={
          <div className={row}>
            <GatedButton scope="edit" variant="secondary" onPress={() => setOpen("split")}>
              {i.split.open}
            </GatedButton>
            <GatedButton scope="edit" variant="secondary" onPress={() => setOpen("merge")}>
              {i.merge.open}
            </GatedButton>
            <LinkButton variant="secondary" href={`/identity?tab=try&profile=${profile.profileId}`}>
              {i.simulate.tryPerson}
            </LinkButton>
          </div>
        }
      >
        <DataTable
          label={m.identifiers}
          rows={profile.identifiers}
          rowKey={({ namespace, value, validFrom }) => `${namespace}:${value}:${validFrom}`}
          columns={identifierColumns(kept)}
        />
      </Panel>
      <History profileId={profile.profileId} />
      <DialogContainer onDismiss={close}>
        {open === "split" ? <SplitDialog profile={profile} onClose={close} /> : null}
        {open === "merge" ? <MergeDialog profile={profile} onClose={close} /> : null}
      </DialogContainer>
    </div>
  );
}

function MergedFrom({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return null;
  const t = i.mergedFrom;
  return (
    <InlineAlert variant="informative">
      <Heading level={2}>{ids.length === 1 ? t.titleOne : t.title(formatNumber(ids.length))}</Heading>
      <Content>
        {t.text} {ids.join(", ")}
      </Content>
    </InlineAlert>
  );
}

const identifierColumns = (kept: KeptMessages | undefined): readonly Column<ProfileIdentifier>[] => [
  {
    key: "value",
    label: m.identifier,
    text: ({ value }) => value,
    render: ({ value }) => <span title={value}>{shortValue(value)}</span>,
  },
  {
    key: "namespace",
    label: m.namespace,
    text: ({ namespace }) => namespaceName(namespace),
    render: ({ namespace }) => (
      <>
        <span>{namespaceName(namespace)}</span>
        <span className={mutedXs}>{namespace}</span>
      </>
    ),
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
  {
    key: "source",
    label: i.firstNamedBy,
    text: ({ namespace, value }) => sourceOf(kept, namespace, value) ?? none,
  },
  {
    key: "from",
    label: m.validFrom,
    text: ({ validFrom }) => (validFrom === null ? m.fromTheStart : formatInstant(validFrom)),
  },
  {
    key: "to",
    label: m.validTo,
    text: ({ validTo }) => (validTo === null ? m.stillValid : formatInstant(validTo)),
  },
];

function sourceOf(kept: KeptMessages | undefined, namespace: string, value: string): string | undefined {
  return kept?.firstNamed.find((one) => one.namespace === namespace && one.value === value)?.sourceId;
}

function History({ profileId }: { profileId: string }) {
  const history = useIdentityHistory(profileId);
  return (
    <Panel title={m.history} description={m.historyText}>
      <Loaded query={history}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={muted}>{m.noHistory}</p>
          ) : (
            <DataTable
              label={m.history}
              columns={historyColumns(profileId)}
              rows={items}
              rowKey={(entry) => JSON.stringify(entry)}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function historyColumns(profileId: string): readonly Column<IdentityEntry>[] {
  return [
    { key: "action", label: i.report.action, text: ({ action }) => actionName(action) },
    {
      key: "identifier",
      label: m.identifier,
      text: ({ namespace, value }) =>
        namespace !== null && value !== null ? `${namespaceName(namespace)}: ${value}` : none,
      render: ({ namespace, value }) =>
        namespace === null || value === null ? (
          none
        ) : (
          <>
            <span title={value}>{shortValue(value)}</span>
            <span className={mutedXs}>{namespaceName(namespace)}</span>
          </>
        ),
    },
    { key: "rule", label: i.report.rule, text: ({ rule }) => ruleName(rule) },
    {
      key: "other",
      label: i.otherProfiles,
      text: ({ profileIds }) => others(profileIds, profileId).join(", ") || none,
      render: ({ profileIds }) => {
        const found = others(profileIds, profileId);
        if (found.length === 0) return none;
        return found.map((id) => (
          <AppLink key={id} to={`/profiles/${id}?tab=identity`}>
            {formatShortId(id)}
          </AppLink>
        ));
      },
    },
    {
      key: "at",
      label: messages.audit.at,
      text: ({ at }) => formatInstant(at),
      render: ({ at }) => <span title={formatInstant(at)}>{formatAgo(at)}</span>,
    },
  ];
}

function others(profileIds: readonly string[], own: string): readonly string[] {
  return profileIds.filter((id) => id !== own);
}
