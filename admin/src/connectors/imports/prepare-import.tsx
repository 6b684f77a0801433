import { Button } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { useGate } from "../../access/use-session.ts";
import { messages } from "../../messages.data.ts";
import { ErrorState, Loading } from "../../ui/states.tsx";
import { muted, row, stackWide } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { MappingEditor } from "../mapping/mapping-editor.tsx";
import { MappingPreview } from "../mapping/mapping-preview.tsx";
import type { Mapping } from "../mapping/shapes.ts";
import { useImportPreview } from "../mapping/use-preview.ts";
import { FileFacts } from "./file-facts.tsx";
import { SampleTable } from "./sample-table.tsx";
import type { Import } from "./shapes.ts";
import { useImportActions } from "./use-import.ts";

const m = messages.connectors.imports;

type Props = { run: Import; onStart: () => void; onDiscard: () => void };

/** Step two: how the file is read, which column fills what, what becomes of it. */
export function PrepareImport(props: Props) {
  return (
    <>
      <FileFacts run={props.run} />
      <NeedsScope scope="personal-data">
        <MapColumns {...props} />
      </NeedsScope>
    </>
  );
}

function MapColumns({ run, onStart, onDiscard }: Props) {
  const [edited, setEdited] = useState<Mapping | null>(null);
  const isReadOnly = !useGate("edit").isAllowed;
  // The columns may be others when the file is read in another way.
  const state = useImportPreview(run.id, edited, JSON.stringify(run.file));
  const { act } = useImportActions(run.id);
  const { preview, faults } = state;
  if (state.error) return <ErrorState error={state.error} />;
  if (!preview) return <Loading />;
  const mapping = edited ?? run.mapping ?? preview.mapping;
  const header = run.file?.header ?? [];
  const columns = header.length > 0 ? header : [...new Set(preview.sample.flatMap((sample) => Object.keys(sample)))];
  const isAllFaulty = preview.records.length > 0 && preview.faultyRecords === preview.records.length;
  const isUsable = faults.length === 0 && preview.faults.length === 0 && !state.isUpdating;
  return (
    <div className={stackWide}>
      <SampleTable rows={preview.sample} />
      <MappingEditor
        mapping={mapping}
        columns={columns}
        preview={preview}
        faults={[...preview.faults, ...faults]}
        isReadOnly={isReadOnly}
        onChange={setEdited}
      />
      <MappingPreview preview={preview} faults={faults} isUpdating={state.isUpdating} waiting="" />
      <div className={row}>
        <GatedButton
          scope="edit"
          variant="accent"
          isDisabled={!isUsable || isAllFaulty}
          isPending={act.isPending}
          onPress={() =>
            act.mutate("start", {
              onSuccess: () => {
                showDone(m.started);
                onStart();
              },
              onError: showError,
            })
          }
        >
          {m.start}
        </GatedButton>
        <Button variant="secondary" isDisabled={isReadOnly} onPress={onDiscard}>
          {m.discard}
        </Button>
        {isUsable ? null : <span className={muted}>{m.startNeedsMapping}</span>}
        {isUsable && isAllFaulty ? <span className={muted}>{m.startAllFaulty}</span> : null}
      </div>
    </div>
  );
}
