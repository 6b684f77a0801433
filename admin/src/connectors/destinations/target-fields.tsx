import { NumberField, Switch, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { Fault } from "../../api/client.ts";
import { invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { rowStart, stack } from "../../ui/styles.ts";
import { headersText, parseHeaders } from "./destination-config.ts";
import type { AdobeConfig, DestinationConfig, S3Config, WebhookConfig } from "./shapes.ts";

const m = messages.connectors.destinations;
const files = messages.connectors.sources;
const width = style({ width: 280 });
const wide = style({ width: 480, maxWidth: "full" });

export type TargetProps<C extends DestinationConfig = DestinationConfig> = {
  config: C;
  onChange: (config: C) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Where the events go, by type. */
export function TargetFields(props: TargetProps) {
  const { config, onChange, faults, isReadOnly } = props;
  switch (config.type) {
    case "webhook":
      return <WebhookTarget {...props} config={config} />;
    case "s3":
      return <S3Target {...props} config={config} />;
    case "adobe-edge":
      return <AdobeTarget {...props} config={config} />;
    case "segment":
      return (
        <TextField
          label={files.endpoint}
          description={m.segmentText}
          styles={wide}
          isRequired
          isReadOnly={isReadOnly}
          value={config.endpoint}
          onChange={(endpoint) => onChange({ ...config, endpoint })}
          {...invalidProps(faults, "/config/endpoint")}
        />
      );
  }
}

function WebhookTarget({ config, onChange, faults, isReadOnly }: TargetProps<WebhookConfig>) {
  // A half typed line stays as typed.
  const [headers, setHeaders] = useState(() => headersText(config.headers));
  return (
    <div className={stack}>
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
      <TextArea
        label={m.headers}
        description={m.headersText}
        styles={wide}
        isReadOnly={isReadOnly}
        value={headers}
        onChange={(text) => {
          setHeaders(text);
          onChange({ ...config, headers: parseHeaders(text) });
        }}
        {...invalidProps(faults, "/config/headers")}
      />
    </div>
  );
}

function S3Target({ config, onChange, faults, isReadOnly }: TargetProps<S3Config>) {
  const text = (key: "endpoint" | "region" | "bucket" | "prefix") => ({
    label: files[key],
    styles: width,
    isReadOnly,
    value: config[key],
    onChange: (value: string) => onChange({ ...config, [key]: value }),
    ...invalidProps(faults, `/config/${key}`),
  });
  return (
    <div className={stack}>
      <div className={rowStart}>
        <TextField {...text("endpoint")} description={files.endpointText} isRequired />
        <TextField {...text("region")} />
        <TextField {...text("bucket")} isRequired />
        <TextField {...text("prefix")} />
        <NumberField
          label={m.flush}
          isReadOnly={isReadOnly}
          minValue={1}
          maxValue={3600}
          value={config.flushSeconds}
          onChange={(seconds) =>
            onChange({ ...config, flushSeconds: Number.isNaN(seconds) ? 60 : Math.round(seconds) })
          }
        />
      </div>
      <Switch isSelected={config.gzip} isDisabled={isReadOnly} onChange={(gzip) => onChange({ ...config, gzip })}>
        {m.gzip}
      </Switch>
    </div>
  );
}

function AdobeTarget({ config, onChange, faults, isReadOnly }: TargetProps<AdobeConfig>) {
  const text = (key: "endpoint" | "dataStreamId" | "orgId" | "sandbox", label: string) => ({
    label,
    styles: width,
    isReadOnly,
    value: config[key],
    onChange: (value: string) => onChange({ ...config, [key]: value }),
    ...invalidProps(faults, `/config/${key}`),
  });
  return (
    <div className={rowStart}>
      <TextField {...text("endpoint", files.endpoint)} description={m.adobeText} isRequired />
      <TextField {...text("dataStreamId", m.dataStream)} isRequired />
      <TextField {...text("orgId", m.org)} />
      <TextField {...text("sandbox", m.sandbox)} />
    </div>
  );
}
