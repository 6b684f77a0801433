import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  Heading,
  InlineAlert,
  Radio,
  RadioGroup,
  TextArea,
  TextField,
} from "@react-spectrum/s2";
import { useState } from "react";
import type { Definition } from "../api/shapes.ts";
import { localTimezone } from "../format.ts";
import { messages } from "../messages.data.ts";
import { describeError, Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { ChangeList } from "./diff-view.tsx";
import type { KindPage } from "./kind-page.ts";
import { useDefinitionActions, useDiff } from "./use-definition.ts";

const m = messages.definitions;

type Props<B> = {
  kind: string;
  definition: Definition<B>;
  isDirty: boolean;
  Checks?: KindPage<B>["PublishChecks"];
  onClose: () => void;
};

/** Shows what will change against what is live, takes a note, and publishes now or at a time. */
export function PublishDialog<B>({ kind, definition, isDirty, Checks, onClose }: Props<B>) {
  const [note, setNote] = useState("");
  const [when, setWhen] = useState("now");
  const [at, setAt] = useState("");
  const { act } = useDefinitionActions<B>(kind);
  const diff = useDiff(kind, definition.id, definition.liveVersion, definition.version);
  const publish = () =>
    act.mutate(
      {
        id: definition.id,
        verb: "publish",
        input: { ...(note ? { note } : {}), ...(when === "later" ? { at: new Date(at).toISOString() } : {}) },
      },
      {
        onSuccess: () => {
          showDone(when === "later" ? m.scheduledDone(definition.name) : m.published(definition.name));
          onClose();
        },
      },
    );
  return (
    <Dialog size="L">
      <Heading slot="title">{m.publishTitle(definition.name)}</Heading>
      <Content>
        <div className={stack}>
          {isDirty ? (
            <InlineAlert variant="notice">
              <Heading level={2}>{m.unsaved}</Heading>
              <Content>{m.unsavedText}</Content>
            </InlineAlert>
          ) : null}
          {act.error ? (
            <InlineAlert variant="negative">
              <Heading level={2}>{m.refused}</Heading>
              <Content>{describeError(act.error)}</Content>
            </InlineAlert>
          ) : null}
          {definition.liveVersion === null ? (
            <p className={muted}>{m.firstVersion}</p>
          ) : (
            <Loaded query={diff}>{(answer) => <ChangeList changes={answer.items} />}</Loaded>
          )}
          {Checks ? <Checks definition={definition} /> : null}
          <RadioGroup label={m.when} value={when} onChange={setWhen}>
            <Radio value="now">{m.now}</Radio>
            <Radio value="later">{m.later}</Radio>
          </RadioGroup>
          {when === "later" ? (
            <TextField
              label={m.publishAt(localTimezone)}
              type="datetime-local"
              value={at}
              onChange={setAt}
              isRequired
            />
          ) : null}
          <TextArea label={m.note} description={m.noteText} value={note} onChange={setNote} />
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button variant="accent" isPending={act.isPending} isDisabled={when === "later" && at === ""} onPress={publish}>
          {when === "later" ? m.schedule : m.publishNow}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
