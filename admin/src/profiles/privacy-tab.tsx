import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { NeedsScope } from "../access/needs-scope.tsx";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type AccessRow, foldAccesses } from "../privacy/fold-accesses.ts";
import { RequestDialog } from "../privacy/request-dialog.tsx";
import { useAccesses } from "../privacy/use-privacy.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { MoreRows } from "../ui/more-rows.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { halves, muted, mutedXs, stackWide } from "../ui/styles.ts";
import { showInfo } from "../ui/toasts.ts";
import type { ProfileDetail } from "./shapes.ts";

const m = messages.privacy.profile;

/** Rights of a person: everything about them as a file, erasure, and who looked. */
export function PrivacyTab({ profile }: { profile: ProfileDetail }) {
  const [isErasing, setErasing] = useState(false);
  return (
    <div className={stackWide}>
      <div className={halves}>
        <Panel title={m.exportTitle} description={m.exportText}>
          <div>
            <GatedButton scope="personal-data" variant="secondary" onPress={() => download(profile.profileId)}>
              {m.export}
            </GatedButton>
          </div>
        </Panel>
        <Panel title={m.eraseTitle} description={m.eraseText}>
          <div>
            <GatedButton scope="personal-data" variant="negative" fillStyle="outline" onPress={() => setErasing(true)}>
              {m.erase}
            </GatedButton>
          </div>
        </Panel>
      </div>
      <Panel title={m.accesses} description={m.accessesText}>
        <NeedsScope scope="personal-data">
          <Accesses profileId={profile.profileId} />
        </NeedsScope>
      </Panel>
      <DialogContainer onDismiss={() => setErasing(false)}>
        {isErasing ? (
          <RequestDialog profile={{ id: profile.profileId, label: profile.label }} onClose={() => setErasing(false)} />
        ) : null}
      </DialogContainer>
    </div>
  );
}

/** The browser saves the answer as it streams, so that its size does not matter. */
function download(profileId: string): void {
  const link = document.createElement("a");
  link.href = `/v1/profiles/${encodeURIComponent(profileId)}/export`;
  link.download = "";
  link.click();
  showInfo(m.exporting);
}

const columns: readonly Column<AccessRow>[] = [
  { key: "actor", label: m.actor, text: ({ actor }) => actor },
  { key: "action", label: m.action, text: ({ action }) => m.actions[action] ?? action },
  { key: "at", label: m.at, text: ({ at }) => formatInstant(at) },
  {
    key: "via",
    label: m.via,
    text: ({ via }) => messages.audit.vias[via as keyof typeof messages.audit.vias] ?? via,
  },
  {
    key: "place",
    label: m.place,
    text: ({ places }) => places.join(", ") || messages.common.none,
    render: ({ places, times }) => (
      <>
        <span>{places.join(", ") || messages.common.none}</span>
        {times > 1 ? <span className={mutedXs}>{m.times(formatNumber(times))}</span> : null}
      </>
    ),
  },
];

function Accesses({ profileId }: { profileId: string }) {
  const query = useAccesses(profileId);
  return (
    <Loaded query={query}>
      {(data) => {
        const accesses = foldAccesses(data.pages.flatMap((page) => page.items));
        if (accesses.length === 0) return <p className={muted}>{m.noAccesses}</p>;
        return (
          <>
            <DataTable
              label={m.accesses}
              columns={columns}
              rows={accesses}
              rowKey={({ at, actor, action }) => `${at} ${actor} ${action}`}
            />
            <MoreRows query={query} />
          </>
        );
      }}
    </Loaded>
  );
}
