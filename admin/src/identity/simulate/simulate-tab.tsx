import {
  Content,
  Heading,
  InlineAlert,
  Picker,
  PickerItem,
  SegmentedControl,
  SegmentedControlItem,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useMemo, useState } from "react";
import type { JsonObject } from "../../api/shapes.ts";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { ProfileField } from "../../profiles/profile-field.tsx";
import { useProfile } from "../../profiles/use-profiles.ts";
import { useUrlState } from "../../shell/navigation.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { body, muted, rowEnd, stackTight, stackWide } from "../../ui/styles.ts";
import type { IdentitySettings } from "../shapes.ts";
import { useIdentitySettings } from "../use-identity.ts";
import { type DraftMessage, toDraft, toEvent } from "./draft-message.ts";
import { examples } from "./examples.data.ts";
import { MessageRows } from "./message-rows.tsx";
import { type LineFault, MessageText, toLineFaults } from "./message-text.tsx";
import { Outcome } from "./outcome.tsx";
import { RulesPanel } from "./rules-panel.tsx";
import { splitEvents } from "./split-events.ts";
import { type KeptMessages, mostEvents, useKeptMessages, useSimulation } from "./use-simulation.ts";

const m = messages.identity.simulate;
const exampleWidth = style({ width: 320 });

/** Whom events would belong to: of an example, of a person, or written by hand. */
export function SimulateTab() {
  const [url, change] = useUrlState();
  const profileId = url["profile"] ?? null;
  const example = examples.find(({ id }) => id === url["example"]) ?? examples[0];
  const settings = useIdentitySettings();
  const kept = useKeptMessages(profileId);
  return (
    <div className={stackWide}>
      <p className={body}>{m.intro}</p>
      <div className={rowEnd}>
        <Picker
          label={m.start}
          styles={exampleWidth}
          placeholder={messages.common.none}
          selectedKey={profileId === null ? example.id : null}
          onSelectionChange={(key) => change({ example: String(key), profile: null })}
        >
          {examples.map(({ id, label }) => (
            <PickerItem key={id} id={id}>
              {label}
            </PickerItem>
          ))}
        </Picker>
        <PersonField profileId={profileId} onChange={(id) => change({ profile: id, example: null })} />
      </div>
      <Loaded query={settings}>
        {(present) =>
          profileId === null ? (
            <Try key={example.id} start={example.events} present={present} note={example.text} />
          ) : (
            <Loaded query={kept}>{(data) => <OfPerson key={profileId} kept={data} present={present} />}</Loaded>
          )
        }
      </Loaded>
    </div>
  );
}

type PersonProps = { profileId: string | null; onChange: (profileId: string | null) => void };

function PersonField({ profileId, onChange }: PersonProps) {
  if (profileId !== null) return <KnownPerson key={profileId} profileId={profileId} onChange={onChange} />;
  return <ProfileField label={m.ofPerson} value={null} onChange={(profile) => onChange(profile?.id ?? null)} />;
}

function KnownPerson({ profileId, onChange }: PersonProps & { profileId: string }) {
  const label = useProfile(profileId).data?.label ?? profileId;
  return (
    <ProfileField
      key={label}
      label={m.ofPerson}
      value={{ id: profileId, label }}
      onChange={(profile) => onChange(profile?.id ?? null)}
    />
  );
}

function OfPerson({ kept, present }: { kept: KeptMessages; present: IdentitySettings }) {
  return (
    <>
      {kept.isIncomplete ? (
        <InlineAlert variant="notice">
          <Heading level={2}>{m.incompleteTitle}</Heading>
          <Content>{m.incomplete}</Content>
        </InlineAlert>
      ) : null}
      <Try start={kept.messages} present={present} note={kept.messages.length === 0 ? m.noKept : m.eventsText} />
    </>
  );
}

type TryProps = { start: readonly JsonObject[]; present: IdentitySettings; note: string };
type Written = { readonly form: readonly DraftMessage[] } | { readonly text: string };

function Try({ start, present, note }: TryProps) {
  const [written, setWritten] = useState<Written>(() => ({ form: start.slice(0, mostEvents).map(toDraft) }));
  const [rules, setRules] = useState<IdentitySettings | null>(null);
  const { events, lines, faults } = useMemo(() => readWritten(written), [written]);
  const isChanged = rules !== null && JSON.stringify(rules) !== JSON.stringify(present);
  const run = useSimulation(events, rules ?? {});
  const before = useSimulation(events, {}, isChanged);
  const rejected = run.isBehind ? [] : (run.data?.rejected ?? []);
  const atLine = rejected.map(({ index, message }): LineFault => ({ line: lines[index] ?? 1, text: message }));
  return (
    <>
      <Panel
        title={m.events}
        description={note}
        aside={
          <SegmentedControl
            aria-label={m.editors}
            selectedKey={"form" in written ? "form" : "text"}
            onSelectionChange={(key) => setWritten(rewritten(events, key === "text"))}
          >
            <SegmentedControlItem id="form" isDisabled={faults.length > 0}>
              {m.asForm}
            </SegmentedControlItem>
            <SegmentedControlItem id="text">{m.asText}</SegmentedControlItem>
          </SegmentedControl>
        }
      >
        <div className={stackTight}>
          {"form" in written ? (
            <MessageRows
              drafts={written.form}
              faults={new Map(rejected.map(({ index, message }) => [index, message]))}
              onChange={(form) => setWritten({ form })}
            />
          ) : (
            <MessageText
              text={written.text}
              faults={[...faults, ...atLine]}
              onChange={(text) => setWritten({ text })}
            />
          )}
          {events.length > mostEvents ? <p className={muted}>{m.tooMany(formatNumber(mostEvents))}</p> : null}
        </div>
      </Panel>
      <RulesPanel rules={rules ?? present} isChanged={isChanged} onChange={setRules} onReset={() => setRules(null)} />
      <Outcome query={run} hasEvents={events.length > 0} present={isChanged ? before.data : undefined} />
    </>
  );
}

function readWritten(written: Written) {
  if ("form" in written) return { events: written.form.map(toEvent), lines: [], faults: [] };
  const { events, faults } = splitEvents(written.text);
  return {
    events: events.map(({ event }) => event),
    lines: events.map(({ line }) => line),
    faults: toLineFaults(faults),
  };
}

function rewritten(events: readonly JsonObject[], asText: boolean): Written {
  return asText ? { text: events.map((event) => JSON.stringify(event)).join("\n") } : { form: events.map(toDraft) };
}
