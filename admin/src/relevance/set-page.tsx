import { DialogContainer, LinkButton } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { Served } from "../audiences/served.tsx";
import { PageTabs } from "../connectors/page-tabs.tsx";
import { messages } from "../messages.data.ts";
import { useGo, useUrlState } from "../shell/navigation.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Page } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { showDone, showError } from "../ui/toasts.ts";
import { CompareTab } from "./compare-tab.tsx";
import { HistoryTab } from "./history-tab.tsx";
import { ImportJudgements } from "./import-judgements.tsx";
import { JudgeTab } from "./judge-tab.tsx";
import type { QuerySet } from "./shapes.ts";
import { exportPath, useQuerySets, useRelevanceActions } from "./use-relevance.ts";

const m = messages.relevance;

/** One query set: judge its answers, compare settings with it, see the trend. */
export function QuerySetPage() {
  const { key = "" } = useParams({ strict: false }) as { key?: string };
  const query = useQuerySets();
  return (
    <Served query={query}>
      {(sets) => {
        const set = sets.find((each) => each.key === key);
        if (!set) return <EmptyState title={messages.common.notFound} text={messages.common.notFoundText} />;
        return <Shown set={set} />;
      }}
    </Served>
  );
}

function Shown({ set }: { set: QuerySet }) {
  const [url, change] = useUrlState();
  const tabs = [
    { id: "judge", label: m.tabs.judge, content: <JudgeTab set={set} /> },
    { id: "compare", label: m.tabs.compare, content: <CompareTab set={set} /> },
    { id: "history", label: m.tabs.history, content: <HistoryTab set={set} /> },
  ];
  const selected = tabs.find(({ id }) => id === url["tab"])?.id ?? "judge";
  return (
    <Page
      title={set.name}
      description={set.description || m.keyIs(set.key)}
      parent={{ label: m.title, to: "/relevance" }}
      actions={
        <>
          <ImportJudgements set={set} />
          <LinkButton variant="secondary" href={exportPath(set.key)} download={`${set.key}.csv`}>
            {m.export}
          </LinkButton>
          <DeleteSet set={set} />
        </>
      }
    >
      <PageTabs
        label={set.name}
        tabs={tabs}
        selected={selected}
        onChange={(tab) => change({ tab: tab === "judge" ? null : tab })}
      />
    </Page>
  );
}

function DeleteSet({ set }: { set: QuerySet }) {
  const [isAsked, setAsked] = useState(false);
  const { erase } = useRelevanceActions();
  const go = useGo();
  const run = () =>
    erase.mutate(set.key, {
      onSuccess: () => {
        showDone(m.deleted(set.name));
        go("/relevance", { replace: true });
      },
      onError: showError,
    });
  return (
    <>
      <GatedButton scope="edit" variant="secondary" isPending={erase.isPending} onPress={() => setAsked(true)}>
        {m.delete}
      </GatedButton>
      <DialogContainer onDismiss={() => setAsked(false)}>
        {isAsked ? (
          <ConfirmDialog title={m.deleteTitle(set.name)} text={m.deleteText} label={m.delete} onConfirm={run} />
        ) : null}
      </DialogContainer>
    </>
  );
}
