import { Button, ButtonGroup, Content, Dialog, DialogContainer, Heading, Picker, PickerItem } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { messages } from "../messages.data.ts";
import { ErrorState } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { SizeSlider } from "./size-slider.tsx";
import { useModelActions } from "./use-models.ts";

const m = messages.models;
const usualShare = 0.05;

/** Makes a model of who is like the members of an audience. */
export function NewLookalike() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="edit" variant="accent" onPress={() => setOpen(true)}>
        {m.newLookalike}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <LookalikeDialog onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

function LookalikeDialog({ onClose }: { onClose: () => void }) {
  const audiences = (useDefinitionChoices("audience").data?.items ?? []).filter(({ status }) => status === "live");
  const [audience, setAudience] = useState<string | null>(null);
  const [share, setShare] = useState(usualShare);
  const { lookalike } = useModelActions();
  const make = async () => {
    if (audience === null) return;
    await lookalike.mutateAsync({ audience, share });
    showDone(m.created);
    onClose();
  };
  return (
    <Dialog>
      <Heading slot="title">{m.newLookalike}</Heading>
      <Content>
        <div className={stack}>
          <p className={muted}>{m.lookalikeText}</p>
          <Picker
            label={m.audience}
            placeholder={m.chooseAudience}
            selectedKey={audience}
            onSelectionChange={(key) => setAudience(key === null ? null : String(key))}
          >
            {audiences.map(({ key, name }) => (
              <PickerItem key={key} id={key}>
                {name}
              </PickerItem>
            ))}
          </Picker>
          <SizeSlider share={share} sizes={[]} onChange={setShare} />
          {lookalike.error ? <ErrorState error={lookalike.error} /> : null}
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button
          variant="accent"
          isDisabled={audience === null}
          isPending={lookalike.isPending}
          // The refusal is drawn in the dialog from the mutation's own state.
          onPress={() => void make().catch(() => undefined)}
        >
          {m.create}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
