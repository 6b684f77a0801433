import {
  Disclosure,
  DisclosurePanel,
  DisclosureTitle,
  NumberField,
  Radio,
  RadioGroup,
  TextArea,
  TextField,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { rowStart, stack } from "../../ui/styles.ts";
import { ChoiceField } from "../choice-field.tsx";
import type { ConfigFieldsProps } from "./about-fields.tsx";
import type { SqlConfig } from "./shapes.ts";

const m = messages.connectors.sources;
const width = style({ width: 240 });
const wide = style({ width: "full" });
const tlsModes = ["verify", "require", "off"] as const;

type Props = ConfigFieldsProps<SqlConfig>;

/** A database, a query, and how changes are found. */
export function SqlFields(props: Props) {
  const { config, onChange, faults, isReadOnly } = props;
  return (
    <div className={stack}>
      <ServerFields {...props} />
      <TextArea
        label={m.query}
        description={m.queryText}
        styles={wide}
        isRequired
        isReadOnly={isReadOnly}
        value={config.query}
        onChange={(query) => onChange({ ...config, query })}
        {...invalidProps(faults, "/config/query")}
      />
      <RadioGroup
        label={m.mode}
        isReadOnly={isReadOnly}
        value={config.mode}
        onChange={(mode) => onChange({ ...config, mode: mode === "diff" ? "diff" : "cursor" })}
      >
        {(["cursor", "diff"] as const).map((mode) => (
          <Radio key={mode} value={mode}>
            {m.modes[mode].label}: {m.modes[mode].text}
          </Radio>
        ))}
      </RadioGroup>
      {config.mode === "cursor" ? (
        <div className={rowStart}>
          <TextField
            label={m.cursorColumn}
            styles={width}
            isRequired
            isReadOnly={isReadOnly}
            value={config.cursorColumn}
            onChange={(cursorColumn) => onChange({ ...config, cursorColumn })}
            {...invalidProps(faults, "/config/cursorColumn")}
          />
          <ListField
            label={m.keyColumns}
            isReadOnly={isReadOnly}
            values={config.keyColumns}
            onChange={(keyColumns) => onChange({ ...config, keyColumns })}
          />
        </div>
      ) : null}
      <Disclosure isQuiet size="S">
        <DisclosureTitle>{messages.connectors.common.expert}</DisclosureTitle>
        <DisclosurePanel>
          <LimitFields {...props} />
        </DisclosurePanel>
      </Disclosure>
    </div>
  );
}

function ServerFields({ config, onChange, faults, isReadOnly }: Props) {
  const text = (key: "host" | "database" | "user") => ({
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
      <TextField {...text("host")} />
      <NumberField
        label={m.port}
        hideStepper
        formatOptions={{ useGrouping: false }}
        minValue={1}
        maxValue={65_535}
        isReadOnly={isReadOnly}
        value={config.port}
        onChange={(port) => onChange({ ...config, port: Number.isNaN(port) ? config.port : Math.round(port) })}
      />
      <TextField {...text("database")} />
      <TextField {...text("user")} description={m.userText} autoComplete="off" />
      <ChoiceField
        label={m.tls}
        styles={width}
        isReadOnly={isReadOnly}
        choices={tlsModes.map((key) => ({ key, label: m.tlsModes[key] }))}
        value={config.tls}
        onChange={(key) => onChange({ ...config, tls: tlsModes.find((mode) => mode === key) ?? config.tls })}
      />
    </div>
  );
}

function LimitFields({ config, onChange, isReadOnly }: Props) {
  const number = (value: number, fallback: number) => (Number.isNaN(value) ? fallback : value);
  return (
    <div className={rowStart}>
      <NumberField
        label={m.batchSize}
        isReadOnly={isReadOnly}
        minValue={1}
        maxValue={10_000}
        value={config.batchSize}
        onChange={(batchSize) => onChange({ ...config, batchSize: Math.round(number(batchSize, 1000)) })}
      />
      <NumberField
        label={m.timeout}
        isReadOnly={isReadOnly}
        minValue={1}
        maxValue={3600}
        value={config.statementTimeoutMs / 1000}
        onChange={(seconds) => onChange({ ...config, statementTimeoutMs: Math.round(number(seconds, 60) * 1000) })}
      />
      {config.mode === "diff" ? (
        <NumberField
          label={m.maxDeleted}
          description={m.maxDeletedText}
          isReadOnly={isReadOnly}
          minValue={0}
          maxValue={100}
          value={Math.round(config.maxDeletedShare * 100)}
          onChange={(percent) => onChange({ ...config, maxDeletedShare: number(percent, 20) / 100 })}
        />
      ) : null}
    </div>
  );
}
