import { ActionButton, DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { row } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import { gateText, ModelStatus } from "./model-status.tsx";
import type { ModelSummary, ModelVersion } from "./shapes.ts";
import { useModelActions } from "./use-models.ts";

const m = messages.models;

type Props = {
  model: ModelSummary;
  versions: readonly ModelVersion[];
  shown: number | null;
  onShow: (version: number) => void;
};

/** Everything that was trained, with the way back to an earlier version. */
export function VersionsPanel({ model, versions, shown, onShow }: Props) {
  const [asked, setAsked] = useState<number | null>(null);
  const { promote } = useModelActions();
  const isRefused = versions.some(({ version, gate }) => version === asked && !gate.passed);
  const use = async (version: number) => {
    setAsked(null);
    try {
      await promote.mutateAsync({ key: model.key, version });
      showDone(m.promoted(version));
    } catch (error) {
      showError(error);
    }
  };
  return (
    <Panel title={m.versions}>
      <DataTable
        label={m.versions}
        columns={columnsOf(model, shown, onShow, setAsked)}
        rows={versions}
        rowKey={({ version }) => String(version)}
      />
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked === null ? null : (
          <ConfirmDialog
            title={m.promoteTitle(asked)}
            text={isRefused ? m.promoteRefusedText : m.promoteText}
            label={m.promote}
            isHarmless={!isRefused}
            onConfirm={() => void use(asked)}
          />
        )}
      </DialogContainer>
    </Panel>
  );
}

function columnsOf(
  model: ModelSummary,
  shown: number | null,
  onShow: (version: number) => void,
  ask: (version: number) => void,
): readonly Column<ModelVersion>[] {
  return [
    { key: "version", label: m.version, text: ({ version }) => m.versionOf(version) },
    {
      key: "status",
      label: m.status,
      isOneLine: true,
      text: ({ status }) => status,
      render: ({ status }) => <ModelStatus status={status} />,
    },
    { key: "trained", label: m.trainedAt, text: ({ trainedAt }) => formatInstant(trainedAt) },
    { key: "gate", label: m.gate, text: ({ gate }) => gateText(gate) },
    { key: "by", label: m.by, text: ({ promotedBy }) => promotedBy ?? m.byGate },
    {
      key: "actions",
      label: messages.definitions.action,
      align: "end",
      isOneLine: true,
      text: () => "",
      render: ({ version }) => (
        <div className={row}>
          <ActionButton
            size="S"
            isDisabled={version === shown}
            aria-label={`${version === shown ? m.shown : m.show} ${m.versionOf(version)}`}
            onPress={() => onShow(version)}
          >
            {version === shown ? m.shown : m.show}
          </ActionButton>
          {version === model.liveVersion ? null : (
            <GatedButton
              scope="publish"
              size="S"
              variant="secondary"
              aria-label={`${m.promote}: ${m.versionOf(version)}`}
              onPress={() => ask(version)}
            >
              {m.promote}
            </GatedButton>
          )}
        </div>
      ),
    },
  ];
}
