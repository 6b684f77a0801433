import { TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { rowStart } from "../ui/styles.ts";

const m = messages.connectors;
const width = style({ width: 320 });

type Props = {
  /** Names; those with `true` must be set. */
  names: Readonly<Record<string, boolean>>;
  /** Which the server holds; their values are never shown. */
  known: Readonly<Record<string, "set">>;
  values: Readonly<Record<string, string>>;
  faults: readonly Fault[];
  isReadOnly: boolean;
  onChange: (values: Readonly<Record<string, string>>) => void;
};

const inPem = new Set(["ca"]);

/** Secrets go one way: an empty field keeps the one that is set. */
export function SecretFields({ names, known, values, faults, isReadOnly, onChange }: Props) {
  return (
    <div className={rowStart}>
      {Object.entries(names).map(([name, isNeeded]) => {
        const shared = {
          label: m.secrets[name] ?? name,
          ...(known[name] ? { description: m.common.secretKept } : {}),
          isReadOnly,
          isRequired: isNeeded && known[name] === undefined,
          value: values[name] ?? "",
          styles: width,
          onChange: (value: string) => onChange({ ...values, [name]: value }),
          ...invalidProps(faults, `/secrets/${name}`),
        };
        return inPem.has(name) ? (
          <TextArea key={name} {...shared} />
        ) : (
          <TextField key={name} {...shared} type="password" autoComplete="off" />
        );
      })}
    </div>
  );
}
