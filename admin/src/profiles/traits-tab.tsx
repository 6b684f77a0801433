import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { NeedsScope } from "../access/needs-scope.tsx";
import { useGate } from "../access/use-session.ts";
import type { Json } from "../api/shapes.ts";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import type { TraitWrite } from "../privacy/shapes.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, mutedXs, row, stackWide } from "../ui/styles.ts";
import type { ProfileDetail, WrittenTrait } from "./shapes.ts";
import { type TraitChange, traitChanges } from "./trait-changes.ts";
import { TraitDialog, type TraitEdit } from "./trait-dialog.tsx";
import { traitText } from "./trait-facts.ts";
import { UndoDialog } from "./undo-dialog.tsx";
import { useTraitHistory } from "./use-traits.ts";

const m = messages.privacy.traits;
const none = messages.common.none;

/** What sources and people wrote about a person: corrected and removed here, with its history. */
export function TraitsTab({ profile }: { profile: ProfileDetail }) {
  const [edit, setEdit] = useState<TraitEdit | null>(null);
  const [undoing, setUndoing] = useState<TraitWrite | null>(null);
  return (
    <div className={stackWide}>
      <Panel
        title={m.title}
        description={m.text}
        aside={
          <GatedButton scope="personal-data" variant="secondary" onPress={() => setEdit({})}>
            {m.add}
          </GatedButton>
        }
      >
        <Written attributes={profile.attributes} onEdit={setEdit} />
      </Panel>
      <Panel title={m.history} description={m.historyText}>
        <NeedsScope scope="personal-data">
          <History profileId={profile.profileId} onUndo={setUndoing} />
        </NeedsScope>
      </Panel>
      <DialogContainer onDismiss={() => setEdit(null)}>
        {/* A container keeps the dialog while it fades out: without a key the next one would start with what the last one held. */}
        {edit ? (
          <TraitDialog
            key={`${edit.name} ${edit.isRemoval}`}
            profileId={profile.profileId}
            edit={edit}
            onClose={() => setEdit(null)}
          />
        ) : null}
      </DialogContainer>
      <DialogContainer onDismiss={() => setUndoing(null)}>
        {undoing ? (
          <UndoDialog
            key={undoing.messageId}
            profileId={profile.profileId}
            correction={undoing}
            onClose={() => setUndoing(null)}
          />
        ) : null}
      </DialogContainer>
    </div>
  );
}

type Row = WrittenTrait & { readonly name: string };

function Written(props: { attributes: ProfileDetail["attributes"]; onEdit: (edit: TraitEdit) => void }) {
  // What was removed stands in the history only.
  const rows = Object.entries(props.attributes ?? {})
    .filter(([, { value }]) => value !== null)
    .map(([name, trait]) => ({ name, ...trait }))
    .sort((a, b) => a.name.localeCompare(b.name));
  if (rows.length === 0) return <p className={muted}>{m.none}</p>;
  return <DataTable label={m.title} columns={columnsOf(props.onEdit)} rows={rows} rowKey={({ name }) => name} />;
}

function columnsOf(onEdit: (edit: TraitEdit) => void): readonly Column<Row>[] {
  return [
    { key: "name", label: m.name, text: ({ name }) => name },
    { key: "value", label: m.value, text: ({ value }) => traitText(value, undefined) || none },
    { key: "source", label: m.source, text: ({ sourceId }) => sourceId },
    { key: "at", label: m.at, isOneLine: true, text: ({ at }) => formatInstant(at) },
    {
      key: "act",
      isOneLine: true,
      label: messages.users.action,
      align: "end",
      text: () => "",
      render: ({ name, value }) => (
        <div className={row}>
          <GatedButton
            scope="personal-data"
            size="S"
            variant="secondary"
            aria-label={m.changeOf(name)}
            onPress={() => onEdit({ name, value })}
          >
            {m.change}
          </GatedButton>
          <GatedButton
            scope="personal-data"
            size="S"
            variant="negative"
            fillStyle="outline"
            aria-label={m.removeOf(name)}
            onPress={() => onEdit({ name, value, isRemoval: true })}
          >
            {m.remove}
          </GatedButton>
        </div>
      ),
    },
  ];
}

function History({ profileId, onUndo }: { profileId: string; onUndo: (correction: TraitWrite) => void }) {
  const query = useTraitHistory(profileId, useGate("personal-data").isAllowed);
  return (
    <Loaded query={query}>
      {({ items }) => {
        const changes = traitChanges(items);
        if (changes.length === 0) return <p className={muted}>{m.noHistory}</p>;
        return (
          <DataTable label={m.history} columns={historyColumns(onUndo)} rows={changes} rowKey={({ key }) => key} />
        );
      }}
    </Loaded>
  );
}

const shown = (value: Json | undefined): string =>
  value === undefined ? none : value === null ? m.removed : traitText(value, undefined) || none;

function historyColumns(onUndo: (correction: TraitWrite) => void): readonly Column<TraitChange>[] {
  return [
    { key: "trait", label: m.name, text: ({ trait }) => trait },
    { key: "at", label: m.at, isOneLine: true, text: ({ at }) => formatInstant(at) },
    // Null before a write: there was nothing.
    { key: "old", label: m.old, text: ({ old }) => (old === null ? none : shown(old)) },
    { key: "new", label: m.new, text: (change) => shown(change.new) },
    {
      key: "who",
      label: m.who,
      text: ({ actor, from }) => actor ?? from,
      render: ({ actor, from, reason, isUndo }) => (
        <>
          <span>{actor ?? from}</span>
          {isUndo ? <span className={mutedXs}>{m.undoes}</span> : null}
          {reason === "" ? null : <span className={mutedXs}>{reason}</span>}
        </>
      ),
    },
    {
      key: "undo",
      isOneLine: true,
      label: messages.users.action,
      align: "end",
      text: () => "",
      render: ({ correction, trait, at }) =>
        correction ? (
          <GatedButton
            scope="personal-data"
            size="S"
            variant="secondary"
            aria-label={m.undoOf(trait, formatInstant(at))}
            onPress={() => onUndo(correction)}
          >
            {m.undo}
          </GatedButton>
        ) : null,
    },
  ];
}
