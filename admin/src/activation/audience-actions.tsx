import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import type { Definition } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ExportDialog } from "./export-dialog.tsx";

const m = messages.activation;

/** What can be done with the members of a live audience. */
export function AudienceActions({
  definition,
}: {
  definition: Pick<Definition<unknown>, "id" | "name" | "key" | "liveVersion">;
}) {
  const [isOpen, setOpen] = useState(false);
  const go = useGo();
  if (definition.liveVersion === null) return null;
  return (
    <>
      <GatedButton scope="personal-data" variant="secondary" onPress={() => setOpen(true)}>
        {m.exportCsv}
      </GatedButton>
      <GatedButton
        scope="admin"
        variant="secondary"
        onPress={() => go(`/audience-syncs/new?audience=${encodeURIComponent(definition.key)}`)}
      >
        {m.ofAudience}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <ExportDialog audience={definition} onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}
