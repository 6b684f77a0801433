import { ActionMenu, DialogContainer, MenuItem, Text } from "@react-spectrum/s2";
import { useState } from "react";
import { useGate } from "../access/use-session.ts";
import { pathByKind } from "../definitions/path-by-kind.ts";
import { messages } from "../messages.data.ts";
import { useQuerySets } from "../relevance/use-relevance.ts";
import { useGo } from "../shell/navigation.tsx";
import { showDone, showError } from "../ui/toasts.ts";
import { isQuery, RedirectDialog, SynonymDialog } from "./draft-dialogs.tsx";
import type { NextStepKind } from "./shapes.ts";
import { type Made, useMakeDraft } from "./use-search-report.ts";

const m = messages.searchAnalytics;
/** More sets than these are chosen on their own page. */
const maxSets = 5;
const draftKinds = ["synonym", "redirect", "search-rule"] as const;

type Item = { readonly id: string; readonly label: string; readonly isLocked: boolean; readonly run: () => void };

/** What can be done about a query: words, a page, a rule, or a judgement of what it finds. */
export function QueryMenu({ query, made }: { query: string; made: readonly Made[] }) {
  const [open, setOpen] = useState<"synonym" | "redirect" | null>(null);
  const gate = useGate("edit");
  const sets = useQuerySets().data ?? [];
  const makeRule = useMakeRule(query);
  const go = useGo();
  const judge = (set: string) => go(`/relevance/${set}?query=${encodeURIComponent(query)}`);
  const drafts = draftKinds
    .filter((kind) => !made.some((each) => each.kind === kind))
    .map((kind): Item => {
      const run = kind === "search-rule" ? makeRule : () => setOpen(kind);
      return { id: kind, label: m.actions[kind], isLocked: !gate.isAllowed, run };
    });
  const judgements =
    sets.length === 0 || sets.length > maxSets
      ? [{ id: "judge", label: m.actions.judge, isLocked: false, run: () => go("/relevance") }]
      : sets.map(
          ({ key, name }): Item => ({
            id: `judge ${key}`,
            label: m.actions.judgeIn(name),
            isLocked: false,
            run: () => judge(key),
          }),
        );
  const test: Item = {
    id: "test",
    label: m.actions.test,
    isLocked: false,
    run: () => go(`/search-tester?look=${encodeURIComponent(query)}`),
  };
  const items = [...drafts, ...judgements, test];
  return (
    <>
      <ActionMenu
        size="S"
        isQuiet
        aria-label={m.whatWith(query)}
        disabledKeys={items.filter(({ isLocked }) => isLocked).map(({ id }) => id)}
        onAction={(key) => items.find(({ id }) => id === key)?.run()}
      >
        {items.map(({ id, label, isLocked }) => (
          <MenuItem key={id} id={id} textValue={label}>
            <Text slot="label">{label}</Text>
            {isLocked ? <Text slot="description">{gate.reason}</Text> : null}
          </MenuItem>
        ))}
      </ActionMenu>
      <DialogContainer onDismiss={() => setOpen(null)}>
        {open === "synonym" ? <SynonymDialog query={query} onClose={() => setOpen(null)} /> : null}
        {open === "redirect" ? <RedirectDialog query={query} onClose={() => setOpen(null)} /> : null}
      </DialogContainer>
    </>
  );
}

/** A rule begins with its query alone; what it does is decided in its editor. */
function useMakeRule(query: string): () => void {
  const make = useMakeDraft();
  const go = useGo();
  const kind: NextStepKind = "search-rule";
  const name = m.nameOf(m.draftName[kind], query);
  return () =>
    make.mutate(
      { kind, query, name, body: { query: isQuery(query), events: [] } },
      {
        onSuccess: ({ id }) => {
          showDone(m.drafted(name));
          const path = pathByKind[kind];
          if (path !== undefined) go(`${path}/${id}`);
        },
        onError: showError,
      },
    );
}
