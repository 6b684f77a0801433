import { Checkbox, CheckboxGroup, Radio, RadioGroup } from "@react-spectrum/s2";
import { useState } from "react";
import { withParams } from "../api/client.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { ListField } from "../ui/list-field.tsx";
import { muted } from "../ui/styles.ts";
import { showInfo } from "../ui/toasts.ts";
import { download } from "./download.ts";
import { columnsOf, consentOf, type ExportPreset, exportPresets } from "./export-columns.ts";

const m = messages.activation;
const categories = messages.connectors.destinations.categories;

type Props = { audience: { readonly id: string; readonly name: string }; onClose: () => void };

/** Which columns leave, in whose spelling, and of whom. Stands inside a DialogContainer. */
export function ExportDialog({ audience, onClose }: Props) {
  const [preset, setPreset] = useState<ExportPreset>("plain");
  const [columns, setColumns] = useState<readonly string[]>(columnsOf("plain").chosen);
  const [others, setOthers] = useState<readonly string[]>([]);
  const [consents, setConsents] = useState<readonly string[]>([consentOf("plain")]);
  const [channels, setChannels] = useState<readonly string[]>([]);
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const offered = columnsOf(preset).all;
  const asked = [...offered.filter((column) => columns.includes(column)), ...(preset === "plain" ? others : [])];
  const choose = (next: string) => {
    const chosen = exportPresets.find((known) => known === next) ?? "plain";
    setPreset(chosen);
    setColumns(columnsOf(chosen).chosen);
    setConsents([consentOf(chosen)]);
  };
  const run = () => {
    setPending(true);
    setError(null);
    const path = withParams(`/v1/audiences/${encodeURIComponent(audience.id)}/export.csv`, {
      hash: preset,
      columns: asked.join(","),
      consent: [...consents, ...channels].join(","),
    });
    download(path, `${audience.name}-${preset}.csv`).then(
      () => {
        showInfo(m.downloading);
        onClose();
      },
      (failure: unknown) => {
        setPending(false);
        setError(failure instanceof Error ? failure : new Error(String(failure)));
      },
    );
  };
  return (
    <ActionDialog
      title={m.exportTitle(audience.name)}
      action={m.exportNow}
      onAction={run}
      onClose={onClose}
      mutation={{ error, isPending }}
      isReady={asked.length > 0 && consents.length + channels.length > 0}
      size="L"
    >
      <p className={muted}>{m.exportText}</p>
      <RadioGroup label={m.preset} value={preset} onChange={choose}>
        {exportPresets.map((key) => (
          <Radio key={key} value={key}>
            {`${m.presets[key].label}: ${m.presets[key].text}`}
          </Radio>
        ))}
      </RadioGroup>
      <CheckboxGroup label={m.columns} orientation="horizontal" value={[...columns]} onChange={setColumns}>
        {offered.map((column) => (
          <Checkbox key={column} value={column}>
            {m.columnNames[column]}
          </Checkbox>
        ))}
      </CheckboxGroup>
      {asked.length === 0 ? <p className={muted}>{m.noColumn}</p> : null}
      {preset === "plain" ? <ListField label={m.otherColumns} values={others} onChange={setOthers} /> : null}
      <CheckboxGroup label={m.consent} description={m.consentText} value={[...consents]} onChange={setConsents}>
        {Object.entries(categories).map(([key, label]) => (
          <Checkbox key={key} value={key}>
            {label}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <ListField label={messages.connectors.destinations.otherCategories} values={channels} onChange={setChannels} />
    </ActionDialog>
  );
}
