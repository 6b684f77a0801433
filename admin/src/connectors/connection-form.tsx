/** The forms of a source and a destination: a name, a key, a configuration and secrets that go one way. */
import { Button, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ReactNode, useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import { ApiError, type Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { suggestKey } from "../definitions/suggest-key.ts";
import { useLeaveGuard } from "../definitions/use-leave-guard.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { muted, row, rowStart, stackWide } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { Refusal } from "./refusal.tsx";
import { typedSecrets } from "./sources/source-config.ts";

const common = messages.connectors.common;
const field = style({ width: 320 });

export type Secrets = Readonly<Record<string, string>>;
export type Draft<Config> = { readonly name: string; readonly config: Config; readonly secrets: Secrets };

/** What is edited below the name. */
export type FieldsProps<Config> = {
  config: Config;
  onChange: (config: Config) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
  knownSecrets: Readonly<Record<string, "set">>;
  secrets: Secrets;
  onSecrets: (secrets: Secrets) => void;
};

type Mutation<Given, Made> = {
  mutate: (given: Given, options: { onSuccess: (made: Made) => void }) => void;
  isPending: boolean;
  error: unknown;
};

const faultsOf = (error: unknown): readonly Fault[] => (error instanceof ApiError ? error.details : []);

type NewProps<Config, Made> = {
  title: string;
  start: () => Draft<Config>;
  create: Mutation<Draft<Config> & { readonly key: string }, Made>;
  /** The configuration as it is sent; default: as it is. */
  prepare?: (config: Config) => Config;
  onMade: (made: Made, secrets: Secrets) => void;
  /** Beside name and key. */
  aside?: (config: Config, onChange: (config: Config) => void) => ReactNode;
  fields: (props: FieldsProps<Config> & { usedKey: string }) => ReactNode;
  submitLabel: string;
  back: string;
};

/** A connection that is not made yet. */
export function NewConnection<Config, Made>({ start, create, onMade, ...props }: NewProps<Config, Made>) {
  const [first] = useState(start);
  const [name, setName] = useState(first.name);
  const [key, setKey] = useState("");
  const [config, setConfig] = useState(first.config);
  const [secrets, setSecrets] = useState(first.secrets);
  const go = useGo();
  const faults = faultsOf(create.error);
  const usedKey = key || suggestKey(name);
  return (
    <form
      className={stackWide}
      onSubmit={(event) => {
        event.preventDefault();
        const sent = props.prepare?.(config) ?? config;
        create.mutate(
          { key: usedKey, name, config: sent, secrets: typedSecrets(secrets) },
          { onSuccess: (made) => onMade(made, secrets) },
        );
      }}
    >
      <Refusal error={create.error} />
      <Panel title={props.title}>
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
          {props.aside?.(config, setConfig)}
        </div>
      </Panel>
      {props.fields({
        config,
        onChange: setConfig,
        faults,
        isReadOnly: false,
        knownSecrets: {},
        secrets,
        onSecrets: setSecrets,
        usedKey,
      })}
      <div className={row}>
        <GatedButton scope="admin" type="submit" variant="accent" isPending={create.isPending} isDisabled={name === ""}>
          {props.submitLabel}
        </GatedButton>
        <Button variant="secondary" onPress={() => go(props.back)}>
          {messages.common.cancel}
        </Button>
      </div>
    </form>
  );
}

type SettingsProps<Config> = {
  connection: {
    readonly key: string;
    readonly name: string;
    readonly config: Config;
    readonly secrets: Readonly<Record<string, "set">>;
    readonly etag: number;
  };
  save: Mutation<Draft<Config>, unknown>;
  fields: (props: FieldsProps<Config>) => ReactNode;
  /** Between the fields and the button. */
  children?: ReactNode;
};

/** Everything of a connection that was made. A save gives a new etag: the form starts over from what the server holds. */
export function ConnectionSettings<Config>(props: SettingsProps<Config>) {
  return <Settings key={props.connection.etag} {...props} />;
}

function Settings<Config>({ connection, save, fields, children }: SettingsProps<Config>) {
  const [name, setName] = useState(connection.name);
  const [config, setConfig] = useState(connection.config);
  const [secrets, setSecrets] = useState<Secrets>({});
  const isReadOnly = !useGate("admin").isAllowed;
  const typed = typedSecrets(secrets);
  const isChanged =
    name !== connection.name ||
    JSON.stringify(config) !== JSON.stringify(connection.config) ||
    Object.keys(typed).length > 0;
  useLeaveGuard(isChanged && !save.isPending);
  const faults = faultsOf(save.error);
  return (
    <form
      className={stackWide}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name, config, secrets: typed }, { onSuccess: () => showDone(common.saved(name)) });
      }}
    >
      <Refusal error={save.error} />
      <Panel title={common.name} aside={<span className={muted}>{`${common.key}: ${connection.key}`}</span>}>
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
      {fields({
        config,
        onChange: setConfig,
        faults,
        isReadOnly,
        knownSecrets: connection.secrets,
        secrets,
        onSecrets: setSecrets,
      })}
      {children}
      <div className={row}>
        <GatedButton scope="admin" type="submit" variant="accent" isDisabled={!isChanged} isPending={save.isPending}>
          {common.save}
        </GatedButton>
        {isChanged ? <span className={muted}>{common.unsaved}</span> : null}
      </div>
    </form>
  );
}
