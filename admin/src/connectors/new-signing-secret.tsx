import { ActionButton } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { row } from "../ui/styles.ts";
import { newSecret } from "./sources/source-config.ts";

type Secrets = Readonly<Record<string, string>>;

/** Makes a signing secret and copies it, since the other side needs it too and it is shown to nobody. */
export function NewSigningSecret({ secrets, onSecrets }: { secrets: Secrets; onSecrets: (secrets: Secrets) => void }) {
  const make = () => {
    const signingSecret = newSecret();
    onSecrets({ ...secrets, signingSecret });
    void navigator.clipboard?.writeText(signingSecret);
  };
  return (
    <div className={row}>
      <ActionButton onPress={make}>{messages.connectors.destinations.generate}</ActionButton>
    </div>
  );
}
