import { ActionButton, DialogContainer, Picker, PickerItem, SearchField, Switch, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { DiffView } from "../definitions/diff-view.tsx";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { InfoDialog } from "../ui/info-dialog.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { muted } from "../ui/styles.ts";
import { type AuditEntry, auditColumns } from "./audit-columns.tsx";

const m = messages.audit;

/** Every change: who, when, what, before and after, from where. */
export function AuditPage() {
  const [url, change] = useUrlState();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const { kind, action } = url;
  return (
    <>
      <ListPage<AuditEntry>
        id="activity"
        title={m.title}
        description={m.description}
        path="/v1/audit"
        params={{
          objectKind: kind,
          action,
          actor: url["actor"],
          from: dayStart(url["from"]),
          to: dayEnd(url["to"]),
          // They are most of what is recorded, and drown the changes.
          exceptActions: url["reads"] === "shown" || action === "profile.read" ? undefined : "profile.read",
        }}
        columns={[...auditColumns, detailColumn(setOpen)]}
        rowKey={({ id }) => id}
        filters={
          <>
            <Filters url={url} change={change} />
            <Picker
              label={m.kind}
              selectedKey={kind ?? "any"}
              onSelectionChange={(key) => change({ kind: key === "any" ? null : String(key), at: null })}
            >
              {[["any", m.anyKind] as const, ...Object.entries(messages.kinds)].map(([key, label]) => (
                <PickerItem key={key} id={key}>
                  {label}
                </PickerItem>
              ))}
            </Picker>
          </>
        }
        empty={{ title: m.none, text: m.noneText }}
      />
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open ? <Detail entry={open} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
    </>
  );
}

type UrlState = ReturnType<typeof useUrlState>;
type FilterProps = { url: UrlState[0]; change: UrlState[1] };

/** The address holds days as people pick them; the server takes instants. */
function dayStart(day: string | undefined): string | undefined {
  const at = new Date(`${day ?? ""}T00:00:00`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
function dayEnd(day: string | undefined): string | undefined {
  const at = new Date(`${day ?? ""}T00:00:00`);
  at.setDate(at.getDate() + 1);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function Filters({ url, change }: FilterProps) {
  const [actor, setActor] = useState(url["actor"] ?? "");
  return (
    <>
      <SearchField
        label={m.who}
        value={actor}
        onChange={setActor}
        onSubmit={(text) => change({ actor: text.trim() || null, at: null })}
        onClear={() => change({ actor: null, at: null })}
      />
      <Picker
        label={m.action}
        selectedKey={url["action"] ?? "any"}
        onSelectionChange={(key) => change({ action: key === "any" ? null : String(key), at: null })}
      >
        {[["any", m.anyAction] as const, ...Object.entries(m.actions)].map(([key, label]) => (
          <PickerItem key={key} id={key}>
            {label}
          </PickerItem>
        ))}
      </Picker>
      <TextField
        label={m.from}
        type="date"
        value={url["from"] ?? ""}
        onChange={(from) => change({ from: from || null, at: null })}
      />
      <TextField
        label={m.to}
        type="date"
        value={url["to"] ?? ""}
        onChange={(to) => change({ to: to || null, at: null })}
      />
      <Switch
        isSelected={url["reads"] === "shown"}
        onChange={(isShown) => change({ reads: isShown ? "shown" : null, at: null })}
      >
        {m.reads}
      </Switch>
    </>
  );
}

function detailColumn(open: (entry: AuditEntry) => void): Column<AuditEntry> {
  return {
    key: "detail",
    isOneLine: true,
    label: m.detail,
    align: "end",
    text: () => "",
    render: (entry) => (
      <ActionButton size="S" onPress={() => open(entry)}>
        {m.show}
      </ActionButton>
    ),
  };
}

function Detail({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  return (
    <InfoDialog title={m.actions[entry.action as keyof typeof m.actions] ?? entry.action} onClose={onClose}>
      <p className={muted}>{m.by(entry.actor, formatInstant(entry.at))}</p>
      <DiffView before={entry.before ?? undefined} after={entry.after ?? undefined} />
    </InfoDialog>
  );
}
