import { Button, ButtonGroup, Content, Dialog, DialogContainer, Heading, Switch } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { messages } from "../messages.data.ts";
import { Facts } from "../ui/facts.tsx";
import { ListField } from "../ui/list-field.tsx";
import { Panel } from "../ui/page.tsx";
import { ErrorState, Loaded } from "../ui/states.tsx";
import { muted, stack, stackTight } from "../ui/styles.ts";
import type { IdentitySettings } from "./shapes.ts";
import { TraitIdentifiersField } from "./trait-identifiers-field.tsx";
import { useIdentitySettings, useSaveIdentitySettings } from "./use-identity.ts";

const m = messages.identity.settings;

/** What a merchant may set about identity, shown and changed. */
export function SettingsPanel() {
  const [isOpen, setOpen] = useState(false);
  const query = useIdentitySettings();
  return (
    <Panel
      title={m.title}
      description={m.text}
      aside={
        <GatedButton
          scope="admin"
          size="S"
          variant="secondary"
          isDisabled={query.data === undefined}
          onPress={() => setOpen(true)}
        >
          {m.change}
        </GatedButton>
      }
    >
      <Loaded query={query}>{(settings) => <Shown settings={settings} />}</Loaded>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen && query.data ? <SettingsDialog start={query.data} onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </Panel>
  );
}

function Shown({ settings }: { settings: IdentitySettings }) {
  const yesNo = (on: boolean) => (on ? m.on : m.off);
  return (
    <Facts
      facts={[
        { label: m.emailIsUnique, value: yesNo(settings.emailIsUnique) },
        { label: m.alias, value: yesNo(settings.aliasMayMergeIdentified) },
        { label: m.blockedValues, value: settings.blockedValues.join(", ") || m.noneOfOwn },
        { label: m.blockedPatterns, value: settings.blockedPatterns.join(", ") || m.noneOfOwn },
        { label: m.traits, value: settings.traitIdentifiers.map(({ trait }) => trait).join(", ") || m.noTraits },
      ]}
    />
  );
}

function SettingsDialog({ start, onClose }: { start: IdentitySettings; onClose: () => void }) {
  const [draft, setDraft] = useState(start);
  const save = useSaveIdentitySettings();
  return (
    <Dialog size="M">
      <Heading slot="title">{m.dialogTitle}</Heading>
      <Content>
        <div className={stack}>
          {save.error ? <ErrorState error={save.error} /> : null}
          <div className={stackTight}>
            <Switch
              isSelected={draft.emailIsUnique}
              onChange={(emailIsUnique) => setDraft({ ...draft, emailIsUnique })}
            >
              {m.emailIsUnique}
            </Switch>
            <p className={muted}>{m.emailIsUniqueText}</p>
          </div>
          <div className={stackTight}>
            <Switch
              isSelected={draft.aliasMayMergeIdentified}
              onChange={(aliasMayMergeIdentified) => setDraft({ ...draft, aliasMayMergeIdentified })}
            >
              {m.alias}
            </Switch>
            <p className={muted}>{m.aliasText}</p>
          </div>
          <ListField
            label={m.blockedValues}
            values={draft.blockedValues}
            onChange={(blockedValues) => setDraft({ ...draft, blockedValues })}
          />
          <ListField
            label={m.blockedPatterns}
            values={draft.blockedPatterns}
            onChange={(blockedPatterns) => setDraft({ ...draft, blockedPatterns })}
          />
          <p className={muted}>{m.builtIn}</p>
          <TraitIdentifiersField
            values={draft.traitIdentifiers}
            onChange={(traitIdentifiers) => setDraft({ ...draft, traitIdentifiers })}
          />
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button variant="accent" isPending={save.isPending} onPress={() => save.mutate(draft, { onSuccess: onClose })}>
          {messages.common.save}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
