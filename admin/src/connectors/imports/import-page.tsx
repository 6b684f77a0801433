import { Button, Content, DialogContainer, Heading, InlineAlert } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { formatInstant } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, row } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { formatBytes } from "../format-bytes.ts";
import { BadRowsLink } from "./bad-rows-link.tsx";
import { FileDrop } from "./file-drop.tsx";
import { ImportCounts } from "./import-counts.tsx";
import { ImportStatusLight } from "./import-status.tsx";
import { type ImportStep, ImportSteps } from "./import-steps.tsx";
import { PrepareImport } from "./prepare-import.tsx";
import { ReconciliationPanel } from "./reconciliation-panel.tsx";
import { RunProgress } from "./run-progress.tsx";
import type { Import } from "./shapes.ts";
import { UploadProgress } from "./upload-progress.tsx";
import { useImport, useImportActions } from "./use-import.ts";

const m = messages.connectors.imports;

/** One import, from its file to its report. */
export function ImportPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const [isStarted, setStarted] = useState(false);
  const query = useImport(id, isStarted);
  return (
    <Loaded query={query}>
      {(run) => (
        <Shown
          run={run}
          readAt={query.dataUpdatedAt}
          isQueued={isStarted && run.status === "preview"}
          onStart={() => setStarted(true)}
          onUploaded={() => void query.refetch()}
        />
      )}
    </Loaded>
  );
}

function stepOf({ status, isFileComplete }: Import, isQueued: boolean): ImportStep {
  if (!isFileComplete && status === "preview") return "file";
  if (status === "preview" && !isQueued) return "mapping";
  return status === "done" || status === "cancelled" ? "result" : "run";
}

type ShownProps = { run: Import; readAt: number; isQueued: boolean; onStart: () => void; onUploaded: () => void };

function Shown({ run, readAt, isQueued, onStart, onUploaded }: ShownProps) {
  const [isAsked, setAsked] = useState(false);
  const { act } = useImportActions(run.id);
  const step = stepOf(run, isQueued);
  const isMoving = step === "run";
  const ask = () => setAsked(true);
  return (
    <Page
      title={run.fileName}
      badge={<ImportStatusLight status={run.status} />}
      description={`${messages.connectors.kinds[run.kind]?.many ?? run.kind} · ${formatInstant(run.createdAt)} · ${run.createdBy}`}
      parent={{ label: m.title, to: "/imports" }}
      actions={isMoving ? <RunActions run={run} onStart={onStart} onCancel={ask} /> : null}
    >
      <ImportSteps current={step} />
      {isQueued ? (
        <InlineAlert variant="informative">
          <Heading level={2}>{m.queued}</Heading>
          <Content>{m.queuedText}</Content>
        </InlineAlert>
      ) : null}
      {run.error ? (
        <InlineAlert variant="negative">
          <Heading level={2}>{m.failed}</Heading>
          <Content>
            {run.error.message} ({run.error.code}) {m.failedText}
          </Content>
        </InlineAlert>
      ) : null}
      {step === "file" ? <GoOnUpload run={run} onDone={onUploaded} onDiscard={ask} /> : null}
      {step === "mapping" ? <PrepareImport run={run} onStart={onStart} onDiscard={ask} /> : null}
      {isMoving ? <RunProgress run={run} readAt={readAt} /> : null}
      {isMoving || step === "result" ? <ImportCounts run={run} /> : null}
      <BadRowsLink run={run} />
      {run.status === "done" ? <ReconciliationPanel id={run.id} rejectedRows={run.counts.rejectedRows} /> : null}
      <DialogContainer onDismiss={() => setAsked(false)}>
        {isAsked ? (
          <ConfirmDialog
            title={m.cancelTitle}
            text={m.cancelText}
            label={m.cancel}
            onConfirm={() => act.mutate("cancel", { onSuccess: () => showDone(m.cancelled), onError: showError })}
          />
        ) : null}
      </DialogContainer>
    </Page>
  );
}

type ActionProps = { run: Import; onStart: () => void; onCancel: () => void };

function RunActions({ run, onStart, onCancel }: ActionProps) {
  const { act } = useImportActions(run.id);
  return (
    <>
      {run.status === "running" ? (
        <GatedButton
          scope="edit"
          variant="secondary"
          isPending={act.isPending}
          onPress={() => act.mutate("pause", { onError: showError })}
        >
          {m.pause}
        </GatedButton>
      ) : null}
      {run.status === "paused" || run.status === "failed" ? (
        <GatedButton
          scope="edit"
          variant="accent"
          isPending={act.isPending}
          onPress={() => act.mutate("start", { onSuccess: onStart, onError: showError })}
        >
          {m.resume}
        </GatedButton>
      ) : null}
      <GatedButton scope="edit" variant="negative" fillStyle="outline" onPress={onCancel}>
        {m.cancel}
      </GatedButton>
    </>
  );
}

/** An upload that was left: the same file goes on where it stopped. */
function GoOnUpload({ run, onDone, onDiscard }: { run: Import; onDone: () => void; onDiscard: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const isOther = file !== null && (file.name !== run.fileName || file.size < run.storedBytes);
  if (file && !isOther) {
    return (
      <Panel title={run.fileName}>
        <UploadProgress id={run.id} file={file} from={run.storedBytes} onDone={onDone} />
      </Panel>
    );
  }
  return (
    <Panel title={m.incomplete} description={m.incompleteText(formatBytes(run.storedBytes))}>
      {isOther ? (
        <p className={muted} role="alert">
          {m.wrongFile(run.fileName)}
        </p>
      ) : null}
      <FileDrop file={null} onChange={setFile} />
      <div className={row}>
        <Button variant="secondary" onPress={onDiscard}>
          {m.discard}
        </Button>
      </div>
    </Panel>
  );
}
