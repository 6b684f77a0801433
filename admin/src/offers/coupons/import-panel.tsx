import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { FileDrop } from "../../connectors/imports/file-drop.tsx";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Facts } from "../../ui/facts.tsx";
import { Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { muted, stack } from "../../ui/styles.ts";
import type { ImportReport, PoolDetail } from "./shapes.ts";
import { usePoolActions } from "./use-pools.ts";

const m = messages.coupons.import;
const shownFaults = 20;

/** Codes from a file, with what became of them. */
export function ImportPanel({ pool }: { pool: PoolDetail }) {
  const [file, setFile] = useState<File | null>(null);
  const { importFile } = usePoolActions(pool.id);
  const choose = (next: File) => {
    importFile.reset();
    setFile(next);
  };
  return (
    <Panel title={m.title} description={m.text}>
      <div className={stack}>
        <FileDrop file={file} text={m.fileText} onChange={choose} />
        {importFile.error ? <ErrorState error={importFile.error} /> : null}
        {importFile.data ? <Result report={importFile.data} /> : null}
        <div>
          <GatedButton
            scope="edit"
            variant="accent"
            isDisabled={file === null || importFile.data !== undefined}
            isPending={importFile.isPending}
            onPress={() => file && importFile.mutate(file)}
          >
            {m.send}
          </GatedButton>
        </div>
      </div>
    </Panel>
  );
}

function Result({ report: { imported, known, faulty, faults } }: { report: ImportReport }) {
  return (
    <section aria-label={m.result} className={stack}>
      <Facts
        facts={[
          { label: m.imported, value: formatNumber(imported) },
          { label: m.known, value: formatNumber(known) },
          { label: m.faulty, value: formatNumber(faulty) },
        ]}
      />
      {faults.length === 0 ? null : (
        <ul>
          {faults.slice(0, shownFaults).map(({ path, message }) => (
            <li key={path + message} className={muted}>
              {m.fault(path.replace(/^\//, ""), message)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
