import { ActionButton, Button, Picker, PickerItem, Text, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ListField } from "../ui/list-field.tsx";
import { Panel } from "../ui/page.tsx";
import { muted, rowEnd, rowStart, stack } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import type { PlanBody, PlanMode } from "./plan-kind.tsx";
import { PlannedEventFields } from "./planned-event-fields.tsx";

const m = messages.tracking;
const modeWidth = style({ width: 320 });
const modes: readonly PlanMode[] = ["observe", "omit", "block"];

export function PlanForm({ body, onChange, faults, isReadOnly }: FormProps<PlanBody>) {
  const set = (patch: Partial<PlanBody>) => onChange({ ...body, ...patch });
  const [first] = body.sources;
  const fill = useMutation({
    mutationFn: (sourceId: string) => get<PlanBody>("/v1/tracking/suggested-plan", { sourceId }),
    onSuccess: ({ events }) => {
      set({ events });
      showDone(m.filled(formatNumber(Object.keys(events).length)));
    },
    onError: showError,
  });
  return (
    <>
      <Panel title={m.sources} description={m.sourcesText}>
        <div className={rowStart}>
          <ListField
            label={messages.events.source}
            values={body.sources}
            isReadOnly={isReadOnly}
            onChange={(sources) => set({ sources })}
          />
          <Picker
            label={m.mode}
            isDisabled={isReadOnly}
            styles={modeWidth}
            selectedKey={body.mode}
            onSelectionChange={(key) => set({ mode: modes.find((mode) => mode === key) ?? "observe" })}
          >
            {modes.map((mode) => (
              <PickerItem key={mode} id={mode} textValue={m.modes[mode].label}>
                <Text slot="label">{m.modes[mode].label}</Text>
                <Text slot="description">{m.modes[mode].text}</Text>
              </PickerItem>
            ))}
          </Picker>
        </div>
        <TextArea
          label={m.description}
          value={body.description ?? ""}
          isReadOnly={isReadOnly}
          onChange={(description) => set({ description })}
          {...invalidProps(faults, "/description")}
        />
      </Panel>
      <Panel
        title={m.events}
        description={m.eventsText}
        aside={
          <ActionButton
            isDisabled={isReadOnly || first === undefined}
            isPending={fill.isPending}
            onPress={() => first !== undefined && fill.mutate(first)}
          >
            {m.fill}
          </ActionButton>
        }
      >
        <p className={muted}>{first === undefined ? m.fillNeedsSource : m.fillText}</p>
        <div className={stack}>
          {Object.entries(body.events).length === 0 ? <p className={muted}>{m.noEvents}</p> : null}
          {Object.entries(body.events).map(([name, event]) => (
            <PlannedEventFields
              key={name}
              name={name}
              event={event}
              faults={faults}
              isReadOnly={isReadOnly}
              onChange={(next) => set({ events: { ...body.events, [name]: next } })}
              onRemove={() => {
                const { [name]: _removed, ...events } = body.events;
                set({ events });
              }}
            />
          ))}
          {isReadOnly ? null : (
            <AddEvent
              known={new Set(Object.keys(body.events))}
              onAdd={(name) => set({ events: { ...body.events, [name]: {} } })}
            />
          )}
        </div>
      </Panel>
    </>
  );
}

function AddEvent({ known, onAdd }: { known: ReadonlySet<string>; onAdd: (name: string) => void }) {
  const [name, setName] = useState("");
  const isUsable = name.trim() !== "" && !known.has(name.trim());
  const add = () => {
    onAdd(name.trim());
    setName("");
  };
  return (
    <div className={rowEnd}>
      <TextField label={m.eventName} value={name} onChange={setName} />
      <Button variant="secondary" isDisabled={!isUsable} onPress={add}>
        {m.addEvent}
      </Button>
    </div>
  );
}
