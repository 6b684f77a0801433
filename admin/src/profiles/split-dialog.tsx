import { Button, ButtonGroup, Checkbox, CheckboxGroup, Content, Dialog, Heading, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { ChangePreview } from "../identity/change-preview.tsx";
import type { SplitAnswer } from "../identity/shapes.ts";
import { type SplitInput, useSplit, useSplitPreview } from "../identity/use-identity.ts";
import { namespaceName, shortValue } from "../identity/words.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ErrorState } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import type { ProfileDetail, ProfileIdentifier } from "./shapes.ts";

const m = messages.identity;
const d = m.dialogs;

type Props = { profile: ProfileDetail; onClose: () => void };

const keyOf = ({ namespace, value }: ProfileIdentifier): string => `${namespace}\n${value}`;

/** Takes identifiers, and what came with them, out of a profile; shows what changes before it is done. */
export function SplitDialog({ profile, onClose }: Props) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [since, setSince] = useState("");
  const split = useSplit(profile.profileId);
  const go = useGo();
  const own = ownOf(profile);
  const input = inputOf(own, chosen, since);
  const preview = useSplitPreview(profile.profileId, input);
  const confirm = () => {
    if (!input) return;
    split.mutate(input, {
      onSuccess: ({ moved }) => {
        onClose();
        go(`/profiles/${moved.profileId}?tab=identity`);
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
            <CheckboxGroup
              label={m.split.choose}
              description={`${m.split.all} ${m.split.hash}`}
              value={[...chosen]}
              onChange={setChosen}
            >
              {own.map((identifier) => (
                <Checkbox key={keyOf(identifier)} value={keyOf(identifier)}>
                  {`${namespaceName(identifier.namespace)}: ${shortValue(identifier.value)}`}
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
            {input === null ? null : <Preview query={preview} />}
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

type PreviewProps = { query: { data: SplitAnswer | undefined; isPending: boolean; error: unknown } };

function Preview({ query }: PreviewProps) {
  const { before, remaining, moved } = query.data ?? {};
  const sides =
    before && remaining && moved
      ? [
          { label: d.thisBefore, share: before },
          { label: d.thisAfter, share: remaining },
          { label: d.newProfile, share: moved },
        ]
      : null;
  const changes =
    before && remaining && moved
      ? [
          { who: d.thisProfile, before: before.audiences, after: remaining.audiences },
          { who: d.newProfile, before: [], after: moved.audiences },
        ]
      : [];
  return <ChangePreview query={query} sides={sides} changes={changes} />;
}

/** What is or was the person's, each once; a hash goes with its address. */
function ownOf({ identifiers }: ProfileDetail): readonly ProfileIdentifier[] {
  const open = identifiers.filter(({ namespace }) => namespace !== "email_sha256");
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
