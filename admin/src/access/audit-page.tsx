import {
  ActionButton,
  Button,
  ButtonGroup,
  Content,
  Dialog,
  DialogContainer,
  Heading,
  Picker,
  PickerItem,
} from "@react-spectrum/s2";
import { useState } from "react";
import { DiffView } from "../definitions/diff-view.tsx";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import type { Column } from "../ui/data-table.tsx";
import { ListPage } from "../ui/list-page.tsx";
import { muted, stack } from "../ui/styles.ts";
import { type AuditEntry, auditColumns } from "./audit-columns.tsx";

const m = messages.audit;

/** Every change: who, when, what, before and after, from where. */
export function AuditPage() {
  const [url, change] = useUrlState();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const kind = url["kind"];
  return (
    <>
      <ListPage<AuditEntry>
        id="activity"
        title={m.title}
        description={m.description}
        path="/v1/audit"
        params={{ objectKind: kind }}
        columns={[...auditColumns, detailColumn(setOpen)]}
        rowKey={({ id }) => id}
        filters={
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
        }
        empty={{ title: m.none, text: m.noneText }}
      />
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open ? <Detail entry={open} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
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
    <Dialog size="L">
      <Heading slot="title">{m.actions[entry.action as keyof typeof m.actions] ?? entry.action}</Heading>
      <Content>
        <div className={stack}>
          <p className={muted}>{m.by(entry.actor, formatInstant(entry.at))}</p>
          <DiffView before={entry.before ?? undefined} after={entry.after ?? undefined} />
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.close}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
