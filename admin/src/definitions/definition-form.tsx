import { Button, Content, Heading, InlineAlert, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useId, useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import { ApiError, type Fault } from "../api/client.ts";
import type { Definition } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { describeError } from "../ui/states.tsx";
import { mainAndSide, rowEnd, rowStart, stackWide } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { invalidProps, type KindPage } from "./kind-page.ts";
import { ScheduleFields } from "./schedule-fields.tsx";
import { ScopeField } from "./scope-field.tsx";
import { suggestKey } from "./suggest-key.ts";
import { type Draft, useDefinitionActions } from "./use-definition.ts";
import { useLeaveGuard } from "./use-leave-guard.ts";

const m = messages.definitions;
const nameWidth = style({ width: 320 });

type Props<B> = {
  page: KindPage<B>;
  definition: Definition<B> | null;
  onDirty: (isDirty: boolean) => void;
};

/** Edits the draft: name, body, scope and schedule. Nothing here reaches a shopper before it is published. */
export function DefinitionForm<B>(props: Props<B>) {
  // A save or roll back gives a new etag: the form then starts over from what the server holds.
  return <Fields key={props.definition?.etag ?? "new"} {...props} />;
}

function Fields<B>({ page, definition, onDirty }: Props<B>) {
  const [start] = useState<Draft<B>>(() => startOf(page, definition));
  const [draft, setDraft] = useState(start);
  const [key, setKey] = useState("");
  const actions = useDefinitionActions<B>(page.kind);
  const go = useGo();
  const gate = useGate("edit");
  const formId = useId();
  const isChanged = JSON.stringify(draft) !== JSON.stringify(start);
  const pending = actions.create.isPending || actions.save.isPending;
  const error = actions.create.error ?? actions.save.error;
  const faults = error instanceof ApiError ? error.details : [];
  const guard = useLeaveGuard(isChanged && !pending);
  useEffect(() => onDirty(isChanged), [isChanged, onDirty]);

  const save = async () => {
    if (definition) {
      await actions.save.mutateAsync({ ...draft, id: definition.id, etag: definition.etag });
      showDone(m.saved(draft.name));
      return;
    }
    const created = await actions.create.mutateAsync({ ...draft, key: key || suggestKey(draft.name) });
    guard.release();
    showDone(m.saved(draft.name));
    go(`${page.path}/${created.id}`, { replace: true });
  };

  return (
    <form
      id={formId}
      onSubmit={(event) => {
        event.preventDefault();
        // The refusal is drawn above the form from the mutation's own state.
        save().catch(() => undefined);
      }}
    >
      <div className={page.Side ? mainAndSide : stackWide}>
        <div className={stackWide}>
          {error ? <Refusal error={error} faults={faults} /> : null}
          <Panel title={m.general}>
            <div className={rowStart}>
              <TextField
                label={m.name}
                styles={nameWidth}
                isRequired
                value={draft.name}
                onChange={(name) => setDraft({ ...draft, name })}
                isReadOnly={!gate.isAllowed}
                {...invalidProps(faults, "/name")}
              />
              {definition ? null : (
                <TextField
                  label={m.key}
                  styles={nameWidth}
                  description={m.keyText}
                  value={key}
                  placeholder={suggestKey(draft.name)}
                  onChange={setKey}
                  {...invalidProps(faults, "/key")}
                />
              )}
            </div>
          </Panel>
          <page.Form
            body={draft.body}
            scope={draft.scope}
            onChange={(body) => setDraft({ ...draft, body })}
            faults={faults}
            isReadOnly={!gate.isAllowed}
          />
          <Panel title={m.whereAndWhen} description={m.whereAndWhenText}>
            <ScopeField scope={draft.scope} onChange={(scope) => setDraft({ ...draft, scope })} />
            <ScheduleFields
              schedule={draft.schedule}
              faults={faults}
              onChange={(schedule) => setDraft({ ...draft, schedule })}
            />
          </Panel>
          <div className={rowEnd}>
            <GatedButton
              scope="edit"
              type="submit"
              variant="accent"
              isDisabled={definition !== null && !isChanged}
              isPending={pending}
            >
              {m.saveDraft}
            </GatedButton>
            {isChanged ? (
              <Button variant="secondary" onPress={() => setDraft(start)}>
                {m.discard}
              </Button>
            ) : null}
          </div>
        </div>
        {page.Side ? (
          <aside className={stackWide} aria-label={m.aside}>
            <page.Side body={draft.body} scope={draft.scope} schedule={draft.schedule} definition={definition} />
          </aside>
        ) : null}
      </div>
    </form>
  );
}

/** All faults at once, as the server found them. */
function Refusal({ error, faults }: { error: Error; faults: readonly Fault[] }) {
  const isStale = error instanceof ApiError && error.code === "definitions.versionConflict";
  return (
    <InlineAlert variant="negative" autoFocus>
      <Heading level={2}>{isStale ? m.stale : m.refused}</Heading>
      <Content>
        {faults.length === 0 ? (
          <p>{isStale ? m.staleText : describeError(error)}</p>
        ) : (
          <ul>
            {faults.map((fault) => (
              <li key={fault.path + fault.code}>
                {fault.message} <code>{fault.path}</code>
              </li>
            ))}
          </ul>
        )}
      </Content>
    </InlineAlert>
  );
}

function startOf<B>(page: KindPage<B>, definition: Definition<B> | null): Draft<B> {
  if (!definition) return { name: "", body: page.emptyBody(), scope: { storeViews: null }, schedule: null };
  const { name, body, scope, schedule } = definition;
  return { name, body, scope: scope ?? { storeViews: null }, schedule: schedule ?? null };
}
