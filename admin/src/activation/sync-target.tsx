import { NumberField, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { rowStart } from "../ui/styles.ts";
import {
  type FileFormat,
  type FolderSync,
  fileFormats,
  type S3Sync,
  type SqlSync,
  type SyncConfig,
  sqlEngines,
  tlsModes,
  type WebhookSync,
} from "./shapes.ts";
import { portFor } from "./sync-config.ts";

const m = messages.activation;
const width = style({ width: 280 });
const wide = style({ width: 480, maxWidth: "full" });

type Props<C extends SyncConfig = SyncConfig> = {
  config: C;
  onChange: (config: C) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Where the copy is, by type. */
export function SyncTarget(props: Props) {
  const { config } = props;
  switch (config.type) {
    case "webhook":
      return <WebhookTarget {...props} config={config} />;
    case "s3":
      return <S3Target {...props} config={config} />;
    case "folder":
      return <FolderTarget {...props} config={config} />;
    case "sql":
      return <SqlTarget {...props} config={config} />;
  }
}

function WebhookTarget({ config, onChange, faults, isReadOnly }: Props<WebhookSync>) {
  return (
    <TextField
      label={m.url}
      description={m.urlText}
      type="url"
      styles={wide}
      isRequired
      isReadOnly={isReadOnly}
      value={config.url}
      onChange={(url) => onChange({ ...config, url })}
      {...invalidProps(faults, "/config/url")}
    />
  );
}

function S3Target({ config, onChange, faults, isReadOnly }: Props<S3Sync>) {
  const text = (key: "endpoint" | "region" | "bucket" | "prefix") => ({
    label: m[key],
    styles: width,
    isReadOnly,
    value: config[key],
    onChange: (value: string) => onChange({ ...config, [key]: value }),
    ...invalidProps(faults, `/config/${key}`),
  });
  return (
    <div className={rowStart}>
      <TextField {...text("endpoint")} isRequired />
      <TextField {...text("region")} />
      <TextField {...text("bucket")} isRequired />
      <TextField {...text("prefix")} />
      <FormatField
        value={config.format}
        isReadOnly={isReadOnly}
        onChange={(format) => onChange({ ...config, format })}
      />
    </div>
  );
}

function FolderTarget({ config, onChange, faults, isReadOnly }: Props<FolderSync>) {
  return (
    <div className={rowStart}>
      <TextField
        label={m.path}
        description={m.pathText}
        styles={width}
        isRequired
        isReadOnly={isReadOnly}
        value={config.path}
        onChange={(path) => onChange({ ...config, path })}
        {...invalidProps(faults, "/config/path")}
      />
      <FormatField
        value={config.format}
        isReadOnly={isReadOnly}
        onChange={(format) => onChange({ ...config, format })}
      />
    </div>
  );
}

type FormatProps = { value: FileFormat; onChange: (format: FileFormat) => void; isReadOnly: boolean };

function FormatField({ value, onChange, isReadOnly }: FormatProps) {
  return (
    <ChoiceField
      label={m.format}
      isReadOnly={isReadOnly}
      choices={fileFormats.map((key) => ({ key, label: m.formats[key] }))}
      value={value}
      onChange={(key) => onChange(fileFormats.find((known) => known === key) ?? value)}
    />
  );
}

function SqlTarget({ config, onChange, faults, isReadOnly }: Props<SqlSync>) {
  const text = (key: "host" | "database" | "user" | "table") => ({
    label: m[key],
    styles: width,
    isReadOnly,
    isRequired: true,
    value: config[key],
    onChange: (value: string) => onChange({ ...config, [key]: value }),
    ...invalidProps(faults, `/config/${key}`),
  });
  return (
    <div className={rowStart}>
      <ChoiceField
        label={m.engine}
        isReadOnly={isReadOnly}
        choices={sqlEngines.map((key) => ({ key, label: m.engines[key] }))}
        value={config.engine}
        onChange={(key) => {
          const engine = sqlEngines.find((known) => known === key) ?? config.engine;
          onChange({ ...config, engine, port: portFor(engine, config.engine, config.port) });
        }}
      />
      <TextField {...text("host")} />
      <NumberField
        label={m.port}
        isReadOnly={isReadOnly}
        minValue={1}
        maxValue={65_535}
        formatOptions={{ useGrouping: false }}
        value={config.port}
        onChange={(port) => onChange({ ...config, port: Number.isNaN(port) ? config.port : port })}
      />
      <TextField {...text("database")} />
      <TextField {...text("user")} />
      <TextField {...text("table")} description={m.tableText} />
      <ChoiceField
        label={m.tls}
        styles={width}
        isReadOnly={isReadOnly}
        choices={tlsModes.map((key) => ({ key, label: m.tlsModes[key] }))}
        value={config.tls}
        onChange={(key) => onChange({ ...config, tls: tlsModes.find((known) => known === key) ?? config.tls })}
      />
    </div>
  );
}
