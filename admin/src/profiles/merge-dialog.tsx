import { Button, ButtonGroup, Content, Dialog, Heading } from "@react-spectrum/s2";
import { useState } from "react";
import { CorrectionPreview } from "../identity/correction-preview.tsx";
import { useCorrection } from "../identity/use-identity.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ErrorState } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { type ChosenProfile, ProfileField } from "./profile-field.tsx";
import type { ProfileDetail } from "./shapes.ts";

const m = messages.identity;

type Props = { profile: ProfileDetail; onClose: () => void };

/** Makes one profile of this one and another; shows what changes before it is done. */
export function MergeDialog({ profile, onClose }: Props) {
  const [other, setOther] = useState<ChosenProfile | null>(null);
  const merge = useCorrection(profile.profileId, "merge");
  const go = useGo();
  const isSame = other?.id === profile.profileId;
  const input = other && !isSame ? { with: other.id } : null;
  const confirm = () => {
    if (!input) return;
    merge.mutate(input, {
      onSuccess: ({ profileId }) => {
        onClose();
        if (profileId !== profile.profileId) go(`/profiles/${profileId}?tab=identity`, { replace: true });
      },
    });
  };
  return (
    <Dialog size="L">
      <Heading slot="title">{m.merge.title(profile.label)}</Heading>
      <Content>
        <div className={stack}>
          {merge.error ? <ErrorState error={merge.error} /> : null}
          <p className={muted}>{m.merge.text}</p>
          <ProfileField label={m.merge.other} value={other} onChange={setOther} />
          {isSame ? <p role="alert">{m.merge.same}</p> : null}
          <CorrectionPreview profileId={profile.profileId} verb="merge" input={input} />
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button variant="accent" isPending={merge.isPending} isDisabled={input === null} onPress={confirm}>
          {m.merge.confirm}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
