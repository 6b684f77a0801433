import { useMutation } from "@tanstack/react-query";
import { GatedButton } from "../../access/gated-button.tsx";
import { readRefusal } from "../../api/client.ts";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { muted, stackTight } from "../../ui/styles.ts";
import { showError } from "../../ui/toasts.ts";
import type { Import } from "./shapes.ts";

const m = messages.connectors.imports;
/** Some hundred thousand rows; more are fetched with a token from the API. */
const timeoutMs = 120_000;

/** The refused rows as a file. */
export function BadRowsLink({ run }: { run: Import }) {
  const fetchRows = useMutation({ mutationFn: () => save(run), onError: showError });
  if (run.counts.rejectedRows === 0) return null;
  return (
    <div className={stackTight}>
      <div>
        <GatedButton
          scope="personal-data"
          variant="secondary"
          isPending={fetchRows.isPending}
          onPress={() => fetchRows.mutate()}
        >
          {m.badRows(formatNumber(run.counts.rejectedRows))}
        </GatedButton>
      </div>
      <p className={muted}>{m.badRowsText}</p>
    </div>
  );
}

async function save(run: Import): Promise<void> {
  const answer = await fetch(`/v1/imports/${run.id}/bad-rows`, {
    credentials: "same-origin",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!answer.ok) throw readRefusal(answer.status, await answer.text());
  // As bytes: the mark at the beginning, by which spreadsheets know UTF-8, must stay.
  const url = URL.createObjectURL(await answer.blob());
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = `bad-rows-${run.fileName.replace(/\.(gz|csv|tsv|txt|json|jsonl|ndjson)/g, "")}.csv`;
  anchor.click();
  URL.revokeObjectURL(url);
}
