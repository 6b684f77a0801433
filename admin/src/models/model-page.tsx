import { Content, Heading, InlineAlert, ProgressBar } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { GatedButton } from "../access/gated-button.tsx";
import { Served } from "../audiences/served.tsx";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { Facts } from "../ui/facts.tsx";
import { Page, Panel } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { body, stackWide } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import { DeleteLookalike } from "./delete-lookalike.tsx";
import { LookalikePanel } from "./lookalike-panel.tsx";
import { ModelStatus, statusOf } from "./model-status.tsx";
import { ReportPanels } from "./report-panels.tsx";
import type { ModelSummary, ModelVersion } from "./shapes.ts";
import { isTraining, useModel, useModelActions, useModelReport, useModelVersions } from "./use-models.ts";
import { VersionsPanel } from "./versions-panel.tsx";

const m = messages.models;

/** One model: whether it is fit to use, how it did, what it looks at, and its versions. */
export function ModelPage() {
  const { key = "" } = useParams({ strict: false }) as { key?: string };
  const query = useModel(key);
  return <Served query={query}>{(model) => <Detail model={model} />}</Served>;
}

function Detail({ model }: { model: ModelSummary }) {
  const [url, change] = useUrlState();
  const versions = useModelVersions(model.key, model.trainedAt);
  const newest = versions.data?.[0]?.version ?? null;
  const asked = Number(url["version"]);
  const version = versions.data?.some((each) => each.version === asked) ? asked : (model.liveVersion ?? newest);
  const report = useModelReport(model.key, version);
  const chosen = versions.data?.find((each) => each.version === version);
  return (
    <Page
      title={model.label}
      description={m.kinds[model.kind as keyof typeof m.kinds] ?? model.kind}
      parent={{ label: m.title, to: "/models" }}
      badge={<ModelStatus status={statusOf(model)} />}
      actions={
        <>
          {model.kind === "lookalike" ? <DeleteLookalike model={model} /> : null}
          <TrainButton model={model} />
        </>
      }
    >
      <div className={stackWide}>
        <RunState model={model} />
        {version === null && versions.data ? (
          <EmptyState title={m.notTrained} text={m.notTrainedText} />
        ) : (
          <GatePanel model={model} version={chosen} />
        )}
        {model.kind === "lookalike" ? <LookalikePanel model={model} sizes={report.data?.sizes ?? []} /> : null}
        {version === null ? null : <Served query={report}>{(data) => <ReportPanels report={data} />}</Served>}
        {versions.data && versions.data.length > 0 ? (
          <VersionsPanel
            model={model}
            versions={versions.data}
            shown={version}
            onShow={(next) => change({ version: String(next) })}
          />
        ) : null}
      </div>
    </Page>
  );
}

function TrainButton({ model }: { model: ModelSummary }) {
  const { train, cancel } = useModelActions();
  const [action, label, done] = isTraining(model) ? [cancel, m.cancel, m.cancelling] : [train, m.train, m.training];
  const run = async () => {
    try {
      await action.mutateAsync(model.key);
      showDone(done);
    } catch (error) {
      showError(error);
    }
  };
  return (
    <GatedButton scope="edit" isPending={action.isPending} onPress={() => void run()}>
      {label}
    </GatedButton>
  );
}

function RunState({ model }: { model: ModelSummary }) {
  const run = model.run;
  if (run?.status === "failed") {
    return (
      <InlineAlert variant="negative">
        <Heading level={2}>{m.runFailed}</Heading>
        <Content>{run.error ?? messages.common.failed}</Content>
      </InlineAlert>
    );
  }
  if (run?.status === "cancelled") return <p className={body}>{m.runCancelled}</p>;
  if (run?.status !== "running") return null;
  const { stage = m.statuses.training, done = 0, total = 0 } = run;
  return (
    <ProgressBar
      label={m.progress(stage, formatNumber(done), formatNumber(total))}
      isIndeterminate={total === 0}
      value={total === 0 ? 0 : (done / total) * 100}
    />
  );
}

/** Whether the shown version may be used, in the words of its gate. */
function GatePanel({ model, version }: { model: ModelSummary; version: ModelVersion | undefined }) {
  const gate = version?.gate ?? model.gate;
  if (!gate) return null;
  return (
    <Panel title={m.gate} aside={<ModelStatus status={version?.status ?? model.status} />}>
      <p className={body}>{gate.passed ? m.passedText : m.refusedText}</p>
      <ul className={body}>
        {gate.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      {!gate.passed && model.liveVersion !== null ? <p className={body}>{m.refusedBefore}</p> : null}
      <Facts
        facts={[
          { label: m.version, value: version ? m.versionOf(version.version) : m.none },
          { label: m.trainedAt, value: formatInstant(version?.trainedAt ?? model.trainedAt) },
          ...(model.trait ? [{ label: m.trait, value: <code>profile.{model.trait}</code> }] : []),
        ]}
      />
    </Panel>
  );
}
