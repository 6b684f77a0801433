import { Button, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { useGate } from "../../access/use-session.ts";
import { ApiError } from "../../api/client.ts";
import { suggestKey } from "../../definitions/definition-form.tsx";
import { invalidProps } from "../../definitions/kind-page.ts";
import { useLeaveGuard } from "../../definitions/use-leave-guard.ts";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { Panel } from "../../ui/page.tsx";
import { muted, row, rowStart, stackWide } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import { Refusal } from "../refusal.tsx";
import { typedSecrets } from "../sources/source-config.ts";
import { startConfig } from "./destination-config.ts";
import { DestinationFields } from "./destination-fields.tsx";
import type { Destination, DestinationType } from "./shapes.ts";
import { useCreateDestination, useDestinationActions } from "./use-destination.ts";

const m = messages.connectors.destinations;
const common = messages.connectors.common;
const field = style({ width: 280 });

/** A new destination of a type. */
export function NewDestination({ type }: { type: DestinationType }) {
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const [config, setConfig] = useState(() => startConfig(type));
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const create = useCreateDestination();
  const go = useGo();
  const faults = create.error instanceof ApiError ? create.error.details : [];
  return (
    <form
      className={stackWide}
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(
          { key: key || suggestKey(name), name, config, secrets: typedSecrets(secrets) },
          {
            onSuccess: (made) => {
              showDone(m.made(made.name));
              go(`/destinations/${made.key}`, { replace: true });
            },
          },
        );
      }}
    >
      <Refusal error={create.error} />
      <Panel title={m.types[type].label}>
        <div className={rowStart}>
          <TextField
            label={common.name}
            styles={field}
            isRequired
            value={name}
            onChange={setName}
            {...invalidProps(faults, "/name")}
          />
          <TextField
            label={common.key}
            description={common.keyText}
            styles={field}
            placeholder={suggestKey(name)}
            value={key}
            onChange={setKey}
            {...invalidProps(faults, "/key")}
          />
        </div>
      </Panel>
      <DestinationFields
        config={config}
        onChange={setConfig}
        faults={faults}
        isReadOnly={false}
        knownSecrets={{}}
        secrets={secrets}
        onSecrets={setSecrets}
      />
      <div className={row}>
        <GatedButton scope="admin" type="submit" variant="accent" isPending={create.isPending} isDisabled={name === ""}>
          {m.make}
        </GatedButton>
        <Button variant="secondary" onPress={() => go("/destinations")}>
          {messages.common.cancel}
        </Button>
      </div>
    </form>
  );
}

/** A save gives a new etag: the form starts over from what the server holds. */
export function DestinationSettings({ destination }: { destination: Destination }) {
  return <Settings key={destination.etag} destination={destination} />;
}

function Settings({ destination }: { destination: Destination }) {
  const [name, setName] = useState(destination.name);
  const [config, setConfig] = useState(destination.config);
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const { save } = useDestinationActions(destination);
  const isReadOnly = !useGate("admin").isAllowed;
  const typed = typedSecrets(secrets);
  const isChanged =
    name !== destination.name ||
    JSON.stringify(config) !== JSON.stringify(destination.config) ||
    Object.keys(typed).length > 0;
  useLeaveGuard(isChanged && !save.isPending);
  const faults = save.error instanceof ApiError ? save.error.details : [];
  return (
    <form
      className={stackWide}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name, config, secrets: typed }, { onSuccess: () => showDone(common.saved(name)) });
      }}
    >
      <Refusal error={save.error} />
      <Panel title={common.name} aside={<span className={muted}>{`${common.key}: ${destination.key}`}</span>}>
        <TextField
          aria-label={common.name}
          styles={field}
          isRequired
          isReadOnly={isReadOnly}
          value={name}
          onChange={setName}
          {...invalidProps(faults, "/name")}
        />
      </Panel>
      <DestinationFields
        config={config}
        onChange={setConfig}
        faults={faults}
        isReadOnly={isReadOnly}
        knownSecrets={destination.secrets}
        secrets={secrets}
        onSecrets={setSecrets}
      />
      <div className={row}>
        <GatedButton scope="admin" type="submit" variant="accent" isDisabled={!isChanged} isPending={save.isPending}>
          {common.save}
        </GatedButton>
        {isChanged ? <span className={muted}>{common.unsaved}</span> : null}
      </div>
    </form>
  );
}
