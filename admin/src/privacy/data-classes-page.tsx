import { DialogContainer, Picker, PickerItem, SearchField, Tab, TabList, TabPanel, Tabs } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Page } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, rowEnd, stackWide, tabContent } from "../ui/styles.ts";
import { ClassDialog } from "./class-dialog.tsx";
import { ClassSuggestions } from "./class-suggestions.tsx";
import { PiiBadge } from "./pii-badge.tsx";
import { RetentionTab } from "./retention-tab.tsx";
import { type DataClass, piiDegrees } from "./shapes.ts";
import { useDataClasses } from "./use-privacy.ts";

const m = messages.privacy.classes;
const searchWidth = style({ width: 280 });

/** Which fields are personal data, what for, and how long they and everything else are kept. */
export function DataClassesPage() {
  const [url, change] = useUrlState();
  const [open, setOpen] = useState<Partial<DataClass> | null>(null);
  const tab = url["tab"] === "retention" ? "retention" : "fields";
  return (
    <Page
      title={m.title}
      description={m.description}
      actions={
        <GatedButton scope="admin" variant="accent" onPress={() => setOpen({})}>
          {m.create}
        </GatedButton>
      }
    >
      <Tabs
        aria-label={messages.privacy.retention.tabs}
        selectedKey={tab}
        onSelectionChange={(key) => change({ tab: key === "retention" ? "retention" : null })}
      >
        <TabList>
          <Tab id="fields">{messages.privacy.retention.fieldsTab}</Tab>
          <Tab id="retention">{messages.privacy.retention.tab}</Tab>
        </TabList>
        <TabPanel id="fields">
          <div className={tabContent}>
            <Fields onOpen={setOpen} />
          </div>
        </TabPanel>
        <TabPanel id="retention">
          <div className={tabContent}>
            <RetentionTab />
          </div>
        </TabPanel>
      </Tabs>
      <DialogContainer onDismiss={() => setOpen(null)}>
        {/* A container keeps the dialog while it fades out: without a key the next one would start with what the last one held. */}
        {open ? <ClassDialog key={`${open.kind} ${open.name}`} start={open} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
    </Page>
  );
}

function Fields({ onOpen }: { onOpen: (row: Partial<DataClass>) => void }) {
  const [url, change] = useUrlState();
  const query = useDataClasses();
  const search = (url["q"] ?? "").toLowerCase();
  const pii = url["pii"] ?? "any";
  const isShown = (each: DataClass) => each.name.toLowerCase().includes(search) && (pii === "any" || each.pii === pii);
  return (
    <div className={stackWide}>
      <div className={rowEnd}>
        <SearchField
          label={m.search}
          styles={searchWidth}
          value={url["q"] ?? ""}
          onChange={(text) => change({ q: text || null })}
        />
        <Picker
          label={m.pii}
          selectedKey={pii}
          onSelectionChange={(key) => change({ pii: key === "any" ? null : String(key) })}
        >
          {["any", ...piiDegrees].map((key) => (
            <PickerItem key={key} id={key}>
              {key === "any" ? m.anyPii : m.piis[key as DataClass["pii"]].label}
            </PickerItem>
          ))}
        </Picker>
      </div>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={m.emptyTitle} text={m.emptyText} />
          ) : (
            <ClassTable rows={items.filter(isShown)} onOpen={onOpen} />
          )
        }
      </Loaded>
      <ClassSuggestions onOpen={onOpen} />
    </div>
  );
}

function ClassTable({ rows, onOpen }: { rows: readonly DataClass[]; onOpen: (row: DataClass) => void }) {
  if (rows.length === 0) return <EmptyState title={messages.list.noMatch} text={messages.list.noMatchText} />;
  return (
    <>
      <DataTable
        label={m.title}
        columns={columnsOf(onOpen)}
        rows={rows}
        rowKey={({ kind, name }) => `${kind} ${name}`}
      />
      <p className={muted} role="status">
        {m.shown(formatNumber(rows.length))}
      </p>
    </>
  );
}

export function describeRetention(days: number | null): string {
  return days === null ? m.asProfile : m.days(formatNumber(days));
}

function columnsOf(open: (row: DataClass) => void): readonly Column<DataClass>[] {
  return [
    { key: "name", label: m.name, text: ({ name }) => name },
    { key: "kind", label: m.kind, text: ({ kind }) => m.kinds[kind] },
    {
      key: "pii",
      label: m.pii,
      text: ({ pii }) => m.piis[pii].label,
      render: ({ pii }) => <PiiBadge pii={pii} />,
    },
    { key: "retention", label: m.retention, text: ({ retentionDays }) => describeRetention(retentionDays) },
    { key: "purposes", label: m.purposes, text: ({ purposes }) => purposes.join(", ") || m.noPurposes },
    {
      key: "act",
      isOneLine: true,
      label: messages.users.action,
      align: "end",
      text: () => "",
      render: (each) => (
        <GatedButton
          scope="admin"
          size="S"
          variant="secondary"
          aria-label={m.changeOf(each.name)}
          onPress={() => open(each)}
        >
          {m.change}
        </GatedButton>
      ),
    },
  ];
}
