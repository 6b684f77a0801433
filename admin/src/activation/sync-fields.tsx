import type { FieldsProps } from "../connectors/connection-form.tsx";
import { ConsentFields } from "../connectors/destinations/consent-fields.tsx";
import { NewSigningSecret } from "../connectors/new-signing-secret.tsx";
import { SecretFields } from "../connectors/secret-fields.tsx";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { stack } from "../ui/styles.ts";
import { AudienceField } from "./audience-field.tsx";
import { IdentifiersField } from "./identifiers-field.tsx";
import { PaceFields } from "./pace-fields.tsx";
import type { SyncConfig } from "./shapes.ts";
import { syncSecrets } from "./sync-config.ts";
import { SyncTarget } from "./sync-target.tsx";

const m = messages.activation;

/** The audience of a sync that was made stays: its copy would be another one. */
type Props = FieldsProps<SyncConfig> & { isAudienceFixed?: boolean };

/** All of a sync but its name. */
export function SyncFields(props: Props) {
  const { config, onChange, faults, isReadOnly, secrets, onSecrets } = props;
  return (
    <>
      <Panel title={m.audience}>
        <AudienceField
          value={config.audience}
          faults={faults}
          isReadOnly={isReadOnly || props.isAudienceFixed === true}
          onChange={(audience) => onChange({ ...config, audience })}
        />
      </Panel>
      <Panel title={m.target}>
        <div className={stack}>
          <SyncTarget config={config} onChange={onChange} faults={faults} isReadOnly={isReadOnly} />
          <SecretFields
            names={syncSecrets[config.type]}
            known={props.knownSecrets}
            values={secrets}
            faults={faults}
            isReadOnly={isReadOnly}
            onChange={onSecrets}
          />
          {config.type === "webhook" && !isReadOnly ? (
            <NewSigningSecret secrets={secrets} onSecrets={onSecrets} />
          ) : null}
        </div>
      </Panel>
      <IdentifiersField
        values={config.identifiers}
        isReadOnly={isReadOnly}
        onChange={(identifiers) => onChange({ ...config, identifiers })}
      />
      <ConsentFields
        consent={config.consent}
        text={m.syncConsentText}
        isReadOnly={isReadOnly}
        onChange={(consent) => onChange({ ...config, consent })}
      />
      <PaceFields config={config} onChange={onChange} isReadOnly={isReadOnly} />
    </>
  );
}
