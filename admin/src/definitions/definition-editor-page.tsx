import { Badge, Tab, TabList, TabPanel, Tabs } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Definition } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { Page } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { StatusBadge } from "../ui/status-badge.tsx";
import { tabContent } from "../ui/styles.ts";
import { ActivityTab } from "./activity-tab.tsx";
import { DefinitionActions } from "./definition-actions.tsx";
import { DefinitionForm } from "./definition-form.tsx";
import { hasDraft } from "./draft-state.ts";
import type { KindPage } from "./kind-page.ts";
import { useDefinition } from "./use-definition.ts";
import { UsedByTab } from "./used-by-tab.tsx";
import { VersionsTab } from "./versions-tab.tsx";

const m = messages.definitions;

/** The editor of one definition of any kind; at the address "new" it makes one. */
export function DefinitionEditorPage<B>({ page }: { page: KindPage<B> }) {
  const { id = "new" } = useParams({ strict: false }) as { id?: string };
  const query = useDefinition<B>(page.kind, id === "new" ? null : id);
  if (id === "new") return <NewDefinition page={page} />;
  return <Loaded query={query}>{(definition) => <Editor page={page} definition={definition} />}</Loaded>;
}

function NewDefinition<B>({ page }: { page: KindPage<B> }) {
  return (
    <Page
      title={page.texts.create}
      description={page.texts.description}
      parent={{ label: page.texts.many, to: page.path }}
    >
      <DefinitionForm page={page} definition={null} onDirty={() => undefined} />
    </Page>
  );
}

function Editor<B>({ page, definition }: { page: KindPage<B>; definition: Definition<B> }) {
  const [url, change] = useUrlState();
  const [isDirty, setDirty] = useState(false);
  const selected = url["tab"] ?? "edit";
  const part = { kind: page.kind, id: definition.id };
  const tabs = [
    { id: "edit", label: m.edit, content: <DefinitionForm page={page} definition={definition} onDirty={setDirty} /> },
    ...page.tabs.map((tab) => ({ id: tab.id, label: tab.label, content: <tab.Content definition={definition} /> })),
    { id: "versions", label: m.versions, content: <VersionsTab {...part} liveVersion={definition.liveVersion} /> },
    { id: "used-by", label: m.usedBy, content: <UsedByTab {...part} /> },
    { id: "activity", label: m.activity, content: <ActivityTab {...part} /> },
  ];
  return (
    <Page
      title={definition.name}
      description={m.keyIs(definition.key)}
      parent={{ label: page.texts.many, to: page.path }}
      badge={
        <>
          <StatusBadge status={definition.status} />
          {definition.liveVersion !== null && hasDraft(definition) ? (
            <Badge variant="notice">{m.hasDraft}</Badge>
          ) : null}
        </>
      }
      actions={
        <>
          {page.Actions ? <page.Actions definition={definition} /> : null}
          <DefinitionActions page={page} definition={definition} isDirty={isDirty} />
        </>
      }
    >
      <Tabs
        aria-label={definition.name}
        selectedKey={selected}
        onSelectionChange={(key) => change({ tab: key === "edit" ? null : String(key) })}
      >
        <TabList>
          {tabs.map((tab) => (
            <Tab key={tab.id} id={tab.id}>
              {tab.label}
            </Tab>
          ))}
        </TabList>
        {tabs.map((tab) => (
          <TabPanel
            key={tab.id}
            id={tab.id}
            // The form keeps what was typed while another tab is open.
            shouldForceMount={tab.id === "edit"}
            UNSAFE_style={tab.id === selected ? {} : { display: "none" }}
          >
            <div className={tabContent}>{tab.content}</div>
          </TabPanel>
        ))}
      </Tabs>
    </Page>
  );
}
