import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { NeedsScope } from "../access/needs-scope.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { Tile } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, tiles } from "../ui/styles.ts";
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
    <ActionDialog
      size="M"
      title={m.liftTitle}
      action={m.liftTitle}
      onAction={() => lift.mutate(identifier, { onSuccess: onClose })}
      onClose={onClose}
      mutation={lift}
      isReady={isComplete(identifier)}
    >
      <p className={muted}>{m.liftText}</p>
      <IdentifierFields value={identifier} onChange={setIdentifier} />
    </ActionDialog>
  );
}
