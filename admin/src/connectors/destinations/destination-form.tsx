import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { showDone } from "../../ui/toasts.ts";
import { ConnectionSettings, NewConnection } from "../connection-form.tsx";
import { startConfig } from "./destination-config.ts";
import { DestinationFields } from "./destination-fields.tsx";
import type { Destination, DestinationType } from "./shapes.ts";
import { useCreateDestination, useDestinationActions } from "./use-destination.ts";

const m = messages.connectors.destinations;

/** A new destination of a type. */
export function NewDestination({ type }: { type: DestinationType }) {
  const create = useCreateDestination();
  const go = useGo();
  return (
    <NewConnection
      title={m.types[type].label}
      start={() => ({ name: "", config: startConfig(type), secrets: {} })}
      create={create}
      onMade={(made) => {
        showDone(m.made(made.name));
        go(`/destinations/${made.key}`, { replace: true });
      }}
      fields={({ usedKey: _key, ...props }) => <DestinationFields {...props} />}
      submitLabel={m.make}
      back="/destinations"
    />
  );
}

export function DestinationSettings({ destination }: { destination: Destination }) {
  const { save } = useDestinationActions(destination);
  return (
    <ConnectionSettings connection={destination} save={save} fields={(props) => <DestinationFields {...props} />} />
  );
}
