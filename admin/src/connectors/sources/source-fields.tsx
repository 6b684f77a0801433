import { ActionButton, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { rowEnd, stack } from "../../ui/styles.ts";
import { SecretFields } from "../secret-fields.tsx";
import { AboutFields, type ConfigFieldsProps } from "./about-fields.tsx";
import { FilesFields } from "./files-fields.tsx";
import type { WebhookConfig } from "./shapes.ts";
import { newSecret, secretsOf } from "./source-config.ts";
import { SqlFields } from "./sql-fields.tsx";

const m = messages.connectors.sources;
const wide = style({ width: 400 });

type Props = ConfigFieldsProps & {
  sourceKey: string;
  knownSecrets: Readonly<Record<string, "set">>;
  secrets: Readonly<Record<string, string>>;
  onSecrets: (secrets: Readonly<Record<string, string>>) => void;
};

/** All of a source but its name and its mapping. */
export function SourceFields(props: Props) {
  const { config, onChange, faults, isReadOnly } = props;
  const secretNames = secretsOf(config);
  return (
    <>
      {config.type === "webhook" ? (
        <Panel title={m.webhook}>
          <SigningSecret {...props} config={config} />
        </Panel>
      ) : (
        <Panel title={config.type === "files" ? m.location : m.connection}>
          <div className={stack}>
            {config.type === "files" ? (
              <FilesFields config={config} onChange={onChange} faults={faults} isReadOnly={isReadOnly} />
            ) : (
              <SqlFields config={config} onChange={onChange} faults={faults} isReadOnly={isReadOnly} />
            )}
            {Object.keys(secretNames).length > 0 ? (
              <SecretFields
                names={secretNames}
                known={props.knownSecrets}
                values={props.secrets}
                faults={faults}
                isReadOnly={isReadOnly}
                onChange={props.onSecrets}
              />
            ) : null}
          </div>
        </Panel>
      )}
      <Panel title={m.about}>
        <AboutFields
          config={config}
          onChange={onChange}
          faults={faults}
          isReadOnly={isReadOnly}
          sourceKey={props.sourceKey}
        />
      </Panel>
    </>
  );
}

/** Shown as text while it is typed: it must be copied into the other system, or from there. */
function SigningSecret({
  config,
  faults,
  isReadOnly,
  knownSecrets,
  secrets,
  onSecrets,
}: Props & { config: WebhookConfig }) {
  const isSet = knownSecrets["signingSecret"] !== undefined;
  const isOurs = config.preset !== "shopify";
  const hint = m.setup.secretHints[config.preset];
  return (
    <div className={rowEnd}>
      <TextField
        label={m.setup.secret}
        description={isSet ? `${messages.connectors.common.secretKept} ${hint}` : hint}
        styles={wide}
        isRequired={!isSet}
        isReadOnly={isReadOnly}
        autoComplete="off"
        spellCheck="false"
        value={secrets["signingSecret"] ?? ""}
        onChange={(signingSecret) => onSecrets({ ...secrets, signingSecret })}
        {...invalidProps(faults, "/secrets/signingSecret")}
      />
      {isOurs ? (
        <ActionButton isDisabled={isReadOnly} onPress={() => onSecrets({ ...secrets, signingSecret: newSecret() })}>
          {m.setup.generate}
        </ActionButton>
      ) : null}
    </div>
  );
}
