import { Button, ButtonGroup, Content, Dialog, DialogContainer, Heading } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { NeedsScope } from "../access/needs-scope.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Tile } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { ErrorState, Loaded } from "../ui/states.tsx";
import { muted, stack, tiles } from "../ui/styles.ts";
import { emptyIdentifier, IdentifierFields, isComplete } from "./identifier-fields.tsx";
import type { Identifier } from "./shapes.ts";
import { useLiftSuppression, useSuppression } from "./use-privacy.ts";

const m = messages.privacy.suppression;

/** How many identifiers are suppressed, and lifting one by its value: the list itself holds only fingerprints. */
export function SuppressionPanel() {
  const [isLifting, setLifting] = useState(false);
  return (
    <Panel
      title={m.title}
      description={m.text}
      aside={
        <GatedButton scope="personal-data" size="S" variant="secondary" onPress={() => setLifting(true)}>
          {m.lift}
        </GatedButton>
      }
    >
      <NeedsScope scope="personal-data">
        <Counts />
      </NeedsScope>
      <DialogContainer onDismiss={() => setLifting(false)}>
        {isLifting ? <LiftDialog onClose={() => setLifting(false)} /> : null}
      </DialogContainer>
    </Panel>
  );
}

function Counts() {
  return (
    <Loaded query={useSuppression()}>
      {({ identifiers, dropped }) => (
        <div className={tiles}>
          <Tile label={m.identifiers} value={formatNumber(identifiers)} />
          <Tile label={m.dropped} value={formatNumber(dropped)} />
        </div>
      )}
    </Loaded>
  );
}

function LiftDialog({ onClose }: { onClose: () => void }) {
  const [identifier, setIdentifier] = useState<Identifier>(emptyIdentifier);
  const lift = useLiftSuppression();
  return (
    <Dialog size="M">
      <Heading slot="title">{m.liftTitle}</Heading>
      <Content>
        <div className={stack}>
          {lift.error ? <ErrorState error={lift.error} /> : null}
          <p className={muted}>{m.liftText}</p>
          <IdentifierFields value={identifier} onChange={setIdentifier} />
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button
          variant="accent"
          isPending={lift.isPending}
          isDisabled={!isComplete(identifier)}
          onPress={() => lift.mutate(identifier, { onSuccess: onClose })}
        >
          {m.liftTitle}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
