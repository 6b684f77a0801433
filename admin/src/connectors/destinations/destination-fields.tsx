import { messages } from "../../messages.data.ts";
import { Facts } from "../../ui/facts.tsx";
import { Panel } from "../../ui/page.tsx";
import { stack } from "../../ui/styles.ts";
import { NewSigningSecret } from "../new-signing-secret.tsx";
import { SecretFields } from "../secret-fields.tsx";
import { AudiencesFields } from "./audiences-fields.tsx";
import { ConsentFields } from "./consent-fields.tsx";
import { destinationSecrets } from "./destination-config.ts";
import { EventsFields } from "./events-fields.tsx";
import { PolicyFields } from "./policy-fields.tsx";
import { TargetFields, type TargetProps } from "./target-fields.tsx";

const m = messages.connectors.destinations;

type Secrets = Readonly<Record<string, string>>;
type Props = TargetProps & {
  knownSecrets: Readonly<Record<string, "set">>;
  secrets: Secrets;
  onSecrets: (secrets: Secrets) => void;
};

/** All of a destination but its name. */
export function DestinationFields(props: Props) {
  const { config, onChange, faults, isReadOnly, secrets, onSecrets } = props;
  return (
    <>
      <Panel title={m.connection}>
        <div className={stack}>
          <TargetFields config={config} onChange={onChange} faults={faults} isReadOnly={isReadOnly} />
          <SecretFields
            names={destinationSecrets[config.type]}
            known={props.knownSecrets}
            values={secrets}
            faults={faults}
            isReadOnly={isReadOnly}
            onChange={onSecrets}
          />
          {config.type === "webhook" && !isReadOnly ? (
            <NewSigningSecret secrets={secrets} onSecrets={onSecrets} />
          ) : null}
          <Facts facts={[{ label: m.format, value: m.formats[config.type] }]} />
        </div>
      </Panel>
      <EventsFields
        events={config.events}
        isReadOnly={isReadOnly}
        onChange={(events) => onChange({ ...config, events })}
      />
      <AudiencesFields config={config} onChange={onChange} isReadOnly={isReadOnly} />
      <ConsentFields
        consent={config.consent}
        isReadOnly={isReadOnly}
        onChange={(consent) => onChange({ ...config, consent })}
      />
      <PolicyFields config={config} onChange={onChange} isReadOnly={isReadOnly} />
    </>
  );
}
