import { DialogContainer } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { GatedButton } from "../../../access/gated-button.tsx";
import { get, post, remove } from "../../../api/client.ts";
import { formatInstant, formatNumber } from "../../../format.ts";
import { messages } from "../../../messages.data.ts";
import { useGo } from "../../../shell/navigation.tsx";
import { ConfirmDialog } from "../../../ui/confirm-dialog.tsx";
import { Tile } from "../../../ui/facts.tsx";
import { Page, Panel } from "../../../ui/page.tsx";
import { Loaded } from "../../../ui/states.tsx";
import { body, stackWide, tiles } from "../../../ui/styles.ts";
import { showDone, showError } from "../../../ui/toasts.ts";
import { LiveReport } from "./live-report.tsx";
import type { ShadowRun } from "./shapes.ts";

const m = messages.liveCarts;
const pollMs = 5_000;

/** One run of drafts on live carts: what it has seen, what it found, and what can be done with it. */
export function LiveRunPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const path = `/v1/offers/shadow-runs/${encodeURIComponent(id)}`;
  const query = useQuery({
    queryKey: ["shadow-runs", id],
    queryFn: ({ signal }) => get<ShadowRun>(path, {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "running" ? pollMs : false),
  });
  return (
    <Page
      title={query.data?.name ?? m.one}
      description={
        query.data ? `${m.statuses[query.data.status]}, ${m.ends} ${formatInstant(query.data.endsAt)}` : null
      }
      parent={{ label: messages.simulations.title, to: "/simulations?tab=live" }}
      actions={query.data ? <Actions run={query.data} path={path} /> : null}
    >
      <Loaded query={query}>
        {(run) => (
          <div className={stackWide}>
            <CoveragePanel run={run} />
            <LiveReport path={path} isRunning={run.status === "running"} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ run, path }: { run: ShadowRun; path: string }) {
  const [isAsking, setAsking] = useState(false);
  const client = useQueryClient();
  const go = useGo();
  const refresh = () => client.invalidateQueries({ queryKey: ["shadow-runs"] });
  const isRunning = run.status === "running";
  const change = useMutation({
    mutationFn: () => post<unknown>(`${path}/${isRunning ? "stop" : "resume"}`),
    onSuccess: async () => {
      showDone(isRunning ? m.stopped : m.resumed);
      await refresh();
    },
    onError: showError,
  });
  const erase = useMutation({
    mutationFn: () => remove<unknown>(path),
    onSuccess: () => {
      showDone(m.removed);
      go("/simulations?tab=live");
      void client.invalidateQueries({ queryKey: ["shadow-runs"], exact: true });
    },
    onError: showError,
  });
  return (
    <>
      {run.status === "ended" ? null : (
        <GatedButton scope="edit" variant="secondary" isPending={change.isPending} onPress={() => change.mutate()}>
          {isRunning ? m.stop : m.resume}
        </GatedButton>
      )}
      <GatedButton scope="edit" variant="negative" isPending={erase.isPending} onPress={() => setAsking(true)}>
        {m.remove}
      </GatedButton>
      <DialogContainer onDismiss={() => setAsking(false)}>
        {isAsking ? (
          <ConfirmDialog title={run.name} text={m.removeText} label={m.remove} onConfirm={() => erase.mutate()} />
        ) : null}
      </DialogContainer>
    </>
  );
}

function CoveragePanel({ run: { coverage } }: { run: ShadowRun }) {
  return (
    <Panel title={m.coverage}>
      <div className={tiles}>
        <Tile label={m.seen} value={formatNumber(coverage.seen)} note={m.seenNote} />
        <Tile label={m.kept} value={formatNumber(coverage.judged)} />
        <Tile label={m.superseded} value={formatNumber(coverage.superseded)} note={m.supersededNote} />
        <Tile label={m.dropped} value={formatNumber(coverage.dropped)} note={m.droppedNote} />
      </div>
      {coverage.failed > 0 ? <p className={body}>{m.failed(formatNumber(coverage.failed))}</p> : null}
    </Panel>
  );
}
