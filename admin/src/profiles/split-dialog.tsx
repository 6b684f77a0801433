import { Button, ButtonGroup, Checkbox, CheckboxGroup, Content, Dialog, Heading, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { CorrectionPreview } from "../identity/correction-preview.tsx";
import { type SplitInput, useCorrection } from "../identity/use-identity.ts";
import { namespaceName } from "../identity/words.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ErrorState } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import type { ProfileDetail, ProfileIdentifier } from "./shapes.ts";

const m = messages.identity;

type Props = { profile: ProfileDetail; onClose: () => void };

const keyOf = ({ namespace, value }: ProfileIdentifier): string => `${namespace}\n${value}`;

/** Takes identifiers, and what came with them, out of a profile; shows what changes before it is done. */
export function SplitDialog({ profile, onClose }: Props) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [since, setSince] = useState("");
  const split = useCorrection(profile.profileId, "split");
  const go = useGo();
  const own = ownOf(profile);
  const input = inputOf(own, chosen, since);
  const confirm = () => {
    if (!input) return;
    split.mutate(input, {
      onSuccess: ({ otherProfileId }) => {
        onClose();
        if (otherProfileId !== null) go(`/profiles/${otherProfileId}?tab=identity`);
      },
    });
  };
  return (
    <Dialog size="L">
      <Heading slot="title">{m.split.title(profile.label)}</Heading>
      <Content>
        {own.length < 2 ? (
          <p className={muted}>{m.split.tooFew}</p>
        ) : (
          <div className={stack}>
            {split.error ? <ErrorState error={split.error} /> : null}
            <p className={muted}>{m.split.text}</p>
            <CheckboxGroup label={m.split.choose} description={m.split.all} value={[...chosen]} onChange={setChosen}>
              {own.map((identifier) => (
                <Checkbox key={keyOf(identifier)} value={keyOf(identifier)}>
                  {`${namespaceName(identifier.namespace)}: ${identifier.value}`}
                </Checkbox>
              ))}
            </CheckboxGroup>
            <div>
              <TextField
                label={m.split.since}
                description={m.split.sinceText}
                type="datetime-local"
                value={since}
                onChange={setSince}
              />
            </div>
            <CorrectionPreview profileId={profile.profileId} verb="split" input={input} />
          </div>
        )}
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button variant="accent" isPending={split.isPending} isDisabled={input === null} onPress={confirm}>
          {m.split.confirm}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}

/** What is the person's now, each once. */
function ownOf({ identifiers }: ProfileDetail): readonly ProfileIdentifier[] {
  const open = identifiers.filter(({ validTo }) => validTo === null);
  return [...new Map(open.map((identifier) => [keyOf(identifier), identifier])).values()];
}

/** Null until something is chosen and something stays. */
function inputOf(own: readonly ProfileIdentifier[], chosen: readonly string[], since: string): SplitInput | null {
  const going = own.filter((identifier) => chosen.includes(keyOf(identifier)));
  if (going.length === 0 || going.length === own.length) return null;
  return {
    identifiers: going.map(({ namespace, value }) => ({ namespace, value })),
    ...(since === "" ? {} : { since: new Date(since).toISOString() }),
  };
}
