import { DialogContainer, StatusLight, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { formatInstant } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { ActionDialog } from "../../ui/action-dialog.tsx";
import { Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { halves, muted, plainList, row, stackTight, strong } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import { HtmlPreview } from "../html-preview.tsx";
import type { Variant, VariationRun } from "./shapes.ts";
import { useReview } from "./use-variations.ts";
import { DiffText } from "./word-diff.tsx";

const m = messages.variations;
const wide = style({ width: "full" });
const colours = { proposed: "notice", accepted: "positive", rejected: "negative", applied: "informative" } as const;
const done = { accept: m.accepted, reject: m.rejected, apply: m.applied } as const;

type Props = { run: VariationRun; variant: Variant; number: number };

/** A variation beside the text as it is, with what speaks against it and what can be done. */
export function VariantCard({ run, variant, number }: Props) {
  const title = m.text(number);
  const isMarkup = run.field === "/html";
  const sides = [
    [m.now, run.source, "removed"],
    [m.proposed, variant.content, "added"],
  ] as const;
  return (
    <Panel title={title} aside={<StatusLight variant={colours[variant.state]}>{m.states[variant.state]}</StatusLight>}>
      <div className={halves}>
        {sides.map(([label, text, kind]) => (
          <div key={kind} className={stackTight}>
            <h3 className={strong}>{label}</h3>
            <DiffText parts={variant.diff} shown={kind} label={`${title}: ${label}`} />
            {isMarkup ? (
              <HtmlPreview html={text} title={kind === "added" ? m.preview(title) : m.previewNow(title)} />
            ) : null}
          </div>
        ))}
      </div>
      <Faults variant={variant} />
      <p className={muted}>
        {m.origins[variant.origin]} · {variant.changedBy} · {formatInstant(variant.changedAt)}
        {variant.note === "" ? "" : ` · ${variant.note}`}
      </p>
      <Steps run={run} variant={variant} />
    </Panel>
  );
}

function Faults({ variant: { faults } }: { variant: Variant }) {
  if (faults.length === 0) return null;
  return (
    <ul className={plainList} aria-label={m.warnings}>
      {faults.map((fault) => (
        <li key={fault.code + fault.message} className={row}>
          <StatusLight variant={fault.severity === "error" ? "negative" : "notice"}>
            {m.severity[fault.severity]}
          </StatusLight>
          <span className={muted}>{fault.message}</span>
        </li>
      ))}
    </ul>
  );
}

function Steps({ run, variant }: Omit<Props, "number">) {
  const [open, setOpen] = useState<"reject" | "edit" | null>(null);
  const [typed, setTyped] = useState("");
  const { act, edit } = useReview(run.id);
  const { state } = variant;
  const hasErrors = variant.faults.some(({ severity }) => severity === "error");
  const go = (step: keyof typeof done, note?: string) =>
    act.mutate(
      { variant, step, ...(note === undefined ? {} : { note }) },
      {
        onSuccess: () => {
          showDone(done[step]);
          setOpen(null);
        },
      },
    );
  const start = (what: "reject" | "edit") => {
    act.reset();
    edit.reset();
    setTyped(what === "edit" ? variant.content : "");
    setOpen(what);
  };
  return (
    <>
      {act.error && open === null ? <ErrorState error={act.error} /> : null}
      <div className={row}>
        {state === "proposed" || state === "rejected" ? (
          <GatedButton
            scope="publish"
            variant="accent"
            isDisabled={hasErrors}
            isPending={act.isPending}
            onPress={() => go("accept")}
          >
            {m.accept}
          </GatedButton>
        ) : null}
        {state === "accepted" || state === "applied" ? (
          <GatedButton scope="edit" variant="accent" isPending={act.isPending} onPress={() => go("apply")}>
            {state === "applied" ? m.applyAgain : m.apply}
          </GatedButton>
        ) : null}
        {state === "proposed" || state === "accepted" ? (
          <GatedButton scope="publish" variant="secondary" onPress={() => start("reject")}>
            {m.reject}
          </GatedButton>
        ) : null}
        {state === "applied" ? null : (
          <GatedButton scope="edit" variant="secondary" onPress={() => start("edit")}>
            {m.edit}
          </GatedButton>
        )}
        {variant.appliedVersion === null ? null : (
          <>
            <span className={muted}>{m.appliedVersion(String(variant.appliedVersion))}</span>
            <AppLink to={`/blocks/${encodeURIComponent(run.block)}`}>{m.openDraft}</AppLink>
          </>
        )}
        {hasErrors && state === "proposed" ? <span className={muted}>{m.errors}</span> : null}
      </div>
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open === "reject" ? (
          <ActionDialog
            title={m.rejectTitle}
            action={m.reject}
            mutation={act}
            isReady
            isNegative
            onClose={() => setOpen(null)}
            onAction={() => go("reject", typed)}
          >
            <TextArea label={m.note} description={m.noteText} styles={wide} value={typed} onChange={setTyped} />
          </ActionDialog>
        ) : null}
        {open === "edit" ? (
          <ActionDialog
            title={m.edit}
            action={m.save}
            mutation={edit}
            size="L"
            isReady={typed.trim() !== "" && typed !== variant.content}
            onClose={() => setOpen(null)}
            onAction={() =>
              edit.mutate(
                { variant, content: typed },
                {
                  onSuccess: () => {
                    showDone(m.saved);
                    setOpen(null);
                  },
                },
              )
            }
          >
            <TextArea label={m.field} styles={wide} value={typed} onChange={setTyped} />
          </ActionDialog>
        ) : null}
      </DialogContainer>
    </>
  );
}
