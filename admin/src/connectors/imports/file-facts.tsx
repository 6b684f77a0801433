import { Picker, PickerItem, Radio, RadioGroup } from "@react-spectrum/s2";
import { useGate } from "../../access/use-session.ts";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Facts } from "../../ui/facts.tsx";
import { Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { rowStart } from "../../ui/styles.ts";
import { formatBytes } from "../format-bytes.ts";
import { withPart } from "../mapping/mapping-model.ts";
import { encodings, type FileSettings, formats, type Import } from "./shapes.ts";
import { useImportActions } from "./use-import.ts";

const m = messages.connectors.imports;
const s = messages.connectors.sources;

/** What was found out about the file, to be corrected where it was guessed wrong. */
export function FileFacts({ run }: { run: Import }) {
  const { configure } = useImportActions(run.id);
  const isReadOnly = !useGate("edit").isAllowed;
  const { file, settings } = run;
  if (!file) return null;
  const set = <K extends keyof FileSettings>(key: K, value: FileSettings[K] | undefined) =>
    configure.mutate({ settings: withPart(settings, key, value) });
  const note = (isSet: boolean) => (isSet ? m.isSet : m.isDetected);
  return (
    <Panel title={m.facts}>
      {configure.error ? <ErrorState error={configure.error} /> : null}
      <div className={rowStart}>
        <Picker
          label={s.format}
          description={note(settings.format !== undefined)}
          isDisabled={isReadOnly || configure.isPending}
          selectedKey={file.format}
          onSelectionChange={(key) =>
            set(
              "format",
              formats.find((format) => format === key),
            )
          }
        >
          {formats.map((format) => (
            <PickerItem key={format} id={format}>
              {s.formats[format]}
            </PickerItem>
          ))}
        </Picker>
        <Picker
          label={s.encoding}
          description={note(settings.encoding !== undefined)}
          isDisabled={isReadOnly || configure.isPending}
          selectedKey={file.encoding}
          onSelectionChange={(key) =>
            set(
              "encoding",
              encodings.find((encoding) => encoding === key),
            )
          }
        >
          {encodings.map((encoding) => (
            <PickerItem key={encoding} id={encoding}>
              {s.encodings[encoding]}
            </PickerItem>
          ))}
        </Picker>
        {file.format === "csv" ? (
          <Picker
            label={s.separator}
            description={note(settings.separator !== undefined)}
            isDisabled={isReadOnly || configure.isPending}
            selectedKey={file.separator}
            onSelectionChange={(key) => set("separator", String(key))}
          >
            {[...new Set([",", ";", "\t", "|", file.separator])].map((sign) => (
              <PickerItem key={sign} id={sign}>
                {s.separators[sign] ?? sign}
              </PickerItem>
            ))}
          </Picker>
        ) : null}
        <RadioGroup
          label={m.mode}
          isDisabled={isReadOnly || configure.isPending}
          value={run.mode}
          onChange={(value) => configure.mutate({ mode: value === "atomic" ? "atomic" : "partial" })}
        >
          <Radio value="partial">
            {m.modes.partial.label}: {m.modes.partial.text}
          </Radio>
          <Radio value="atomic">
            {m.modes.atomic.label}: {m.modes.atomic.text}
          </Radio>
        </RadioGroup>
      </div>
      <Facts
        facts={[
          {
            label: m.size,
            value: file.isGzip ? `${formatBytes(file.bytes)} (${m.compressed})` : formatBytes(file.bytes),
          },
          ...(file.header.length > 0 ? [{ label: m.columnCount, value: formatNumber(file.header.length) }] : []),
          { label: messages.connectors.sources.one, value: run.source },
          { label: m.numbers, value: run.customerNamespace },
        ]}
      />
    </Panel>
  );
}
