import { Badge, DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { NeedsScope } from "../access/needs-scope.tsx";
import { useGate } from "../access/use-session.ts";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type ConsentRow, consentName, consentRows, expiryOf, sourceName } from "../privacy/consent-rows.ts";
import type { Consent, ConsentChange } from "../privacy/shapes.ts";
import { useConsentHistory } from "../privacy/use-privacy.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, mutedXs, stackWide } from "../ui/styles.ts";
import { ConsentDialog } from "./consent-dialog.tsx";
import type { ProfileDetail } from "./shapes.ts";

const m = messages.privacy.consents;
const none = messages.common.none;

/** What may be done with a person's data, who decided it when, and recording a new decision. */
export function ConsentsTab({ profile }: { profile: ProfileDetail }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={stackWide}>
      <Panel
        title={m.title}
        description={m.text}
        aside={
          <GatedButton scope="personal-data" variant="secondary" onPress={() => setOpen(true)}>
            {m.change}
          </GatedButton>
        }
      >
        <DataTable
          label={m.title}
          columns={columns}
          rows={consentRows(profile.consents, Date.now())}
          rowKey={({ key }) => key}
        />
      </Panel>
      <Panel title={m.history}>
        <NeedsScope scope="personal-data">
          <History profileId={profile.profileId} />
        </NeedsScope>
      </Panel>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <ConsentDialog profileId={profile.profileId} onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </div>
  );
}

/** When it was decided, and how long that holds. */
function Period({ of: consent }: { of: Consent | undefined }) {
  if (!consent) return none;
  const expiresAt = expiryOf(consent);
  return (
    <>
      <span>{formatInstant(consent.at)}</span>
      <span className={mutedXs}>{expiresAt === null ? m.never : m.until(formatInstant(expiresAt))}</span>
    </>
  );
}

/** Who told us, and what shows that the decision was made. */
function Origin({ of: consent }: { of: Consent | undefined }) {
  return (
    <>
      <span>{sourceName(consent?.source)}</span>
      {consent?.proof ? <span className={mutedXs}>{consent.proof}</span> : null}
    </>
  );
}

const columns: readonly Column<ConsentRow>[] = [
  { key: "category", label: m.category, text: ({ category, channel }) => consentName(category, channel) },
  {
    key: "status",
    label: m.status,
    text: ({ text }) => text,
    render: ({ text, effect, consent }) =>
      consent ? (
        <Badge variant={effect === "allowed" ? "positive" : "negative"} fillStyle="subtle">
          {text}
        </Badge>
      ) : (
        <span className={muted}>{text}</span>
      ),
  },
  {
    key: "at",
    label: m.at,
    isOneLine: true,
    text: ({ consent }) => formatInstant(consent?.at),
    render: ({ consent }) => <Period of={consent} />,
  },
  { key: "wording", label: m.wording, text: ({ consent }) => consent?.textVersion ?? none },
  {
    key: "source",
    label: m.source,
    text: ({ consent }) => sourceName(consent?.source),
    render: ({ consent }) => <Origin of={consent} />,
  },
];

const historyColumns: readonly Column<ConsentChange>[] = [
  { key: "category", label: m.category, text: ({ category, channel }) => consentName(category, channel) },
  { key: "status", label: m.status, text: ({ status }) => m.statuses[status] ?? status },
  {
    key: "at",
    label: m.at,
    isOneLine: true,
    text: ({ at }) => formatInstant(at),
    render: (change) => <Period of={change} />,
  },
  { key: "wording", label: m.wording, text: ({ textVersion }) => textVersion ?? none },
  {
    key: "source",
    label: m.source,
    text: ({ source }) => sourceName(source),
    render: (change) => <Origin of={change} />,
  },
];

function History({ profileId }: { profileId: string }) {
  const query = useConsentHistory(profileId, useGate("personal-data").isAllowed);
  return (
    <Loaded query={query}>
      {({ history }) =>
        history.length === 0 ? (
          <p className={muted}>{m.noHistory}</p>
        ) : (
          <DataTable
            label={m.history}
            columns={historyColumns}
            rows={history}
            rowKey={(change) => JSON.stringify(change)}
          />
        )
      }
    </Loaded>
  );
}
