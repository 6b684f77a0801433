import { Badge, DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { formatBytes } from "../connectors/format-bytes.ts";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { row } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type { Asset, AssetVersion } from "./shapes.ts";
import { useAssetActions, useAssetVersions } from "./use-assets.ts";

const m = messages.assets;

/** Every file that the picture had; an old one can be shown again. */
export function VersionsPanel({ asset }: { asset: Asset }) {
  const query = useAssetVersions(asset.id);
  const [asked, setAsked] = useState<number | null>(null);
  const { restore } = useAssetActions();
  const columns: readonly Column<AssetVersion>[] = [
    {
      key: "version",
      label: m.version,
      text: ({ version }) => String(version),
      render: ({ version }) => (
        <span className={row}>
          {version}
          {version === asset.version ? <Badge variant="positive">{m.shownNow}</Badge> : null}
        </span>
      ),
    },
    {
      key: "file",
      label: m.file,
      text: ({ fileName, width, height, bytes, format }) =>
        [
          fileName,
          format.toUpperCase(),
          m.dimensions(formatNumber(width), formatNumber(height)),
          formatBytes(bytes),
        ].join(" · "),
    },
    { key: "time", label: m.time, isOneLine: true, text: ({ createdAt }) => formatInstant(createdAt) },
    { key: "author", label: m.author, text: ({ createdBy }) => createdBy },
    {
      key: "note",
      label: m.note,
      text: ({ note, restoredFrom }) =>
        [restoredFrom === null ? "" : m.restoredFrom(restoredFrom), note].filter(Boolean).join(" · ") ||
        messages.common.none,
    },
    {
      key: "act",
      label: messages.definitions.action,
      align: "end",
      isOneLine: true,
      text: () => "",
      render: ({ version }) =>
        version === asset.version || asset.status === "archived" ? null : (
          <GatedButton scope="edit" size="S" variant="secondary" onPress={() => setAsked(version)}>
            {m.restore}
          </GatedButton>
        ),
    },
  ];
  const run = (version: number) =>
    restore.mutate({ asset, version }, { onSuccess: () => showDone(m.restored(version)), onError: showError });
  return (
    <Panel title={m.versions}>
      <Loaded query={query}>
        {(versions) => (
          <DataTable label={m.versions} columns={columns} rows={versions} rowKey={({ version }) => String(version)} />
        )}
      </Loaded>
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked === null ? null : (
          <ConfirmDialog
            isHarmless
            title={m.restoreTitle(asked)}
            text={m.restoreText}
            label={m.restore}
            onConfirm={() => run(asked)}
          />
        )}
      </DialogContainer>
    </Panel>
  );
}
