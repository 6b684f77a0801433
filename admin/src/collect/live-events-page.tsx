import { Badge, Button, Picker, PickerItem, SearchField, StatusLight, ToggleButton } from "@react-spectrum/s2";
import { useMemo, useState } from "react";
import { formatClockTime, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { describeEvent } from "../profiles/describe-event.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Page } from "../ui/page.tsx";
import { EmptyState } from "../ui/states.tsx";
import { mainAndSide, muted, plainButton, row, rowBetween, rowEnd } from "../ui/styles.ts";
import { EventDetail } from "./event-detail.tsx";
import { type SeenEvent, type StreamState, useLiveEvents } from "./use-live-events.ts";

const m = messages.events;
const lights = { connecting: "notice", open: "positive", lost: "negative" } as const satisfies Record<
  StreamState,
  string
>;

/** Every event as it arrives, with what validation made of it. */
export function LiveEventsPage() {
  const [url, change] = useUrlState();
  const [isPaused, setPaused] = useState(false);
  const [chosen, setChosen] = useState<SeenEvent | null>(null);
  const live = useLiveEvents(isPaused);
  const type = url["type"] ?? "";
  const who = url["who"] ?? "";
  const source = url["source"] ?? "";
  const shown = useMemo(
    () => live.events.filter((event) => isWanted(event, type, who, source)),
    [live.events, type, who, source],
  );
  return (
    <Page
      title={m.title}
      description={m.description}
      actions={
        <>
          <StatusLight variant={lights[live.state]} role="status">
            {m.states[live.state]}
          </StatusLight>
          <ToggleButton isSelected={isPaused} onChange={setPaused}>
            {isPaused ? m.resume(formatNumber(live.held)) : m.pause}
          </ToggleButton>
          <Button variant="secondary" onPress={live.clear}>
            {m.clear}
          </Button>
        </>
      }
    >
      <div className={rowBetween}>
        <div className={rowEnd}>
          <SearchField label={m.byType} value={type} onChange={(value) => change({ type: value || null })} />
          <SearchField label={m.byIdentity} value={who} onChange={(value) => change({ who: value || null })} />
          <SourceFilter events={live.events} source={source} onChange={(value) => change({ source: value || null })} />
        </div>
        <p className={muted}>{m.shown(formatNumber(shown.length), formatNumber(live.events.length))}</p>
      </div>
      <div className={mainAndSide}>
        {shown.length === 0 && source !== "" ? (
          <EmptyState title={messages.connectors.events.quiet(source)} text={messages.connectors.events.quietText} />
        ) : shown.length === 0 ? (
          <EmptyState title={m.emptyTitle} text={m.emptyText} example={<code>{m.example}</code>} />
        ) : (
          <DataTable label={m.title} columns={columnsOf(setChosen)} rows={shown} rowKey={({ key }) => key} />
        )}
        <EventDetail event={chosen} />
      </div>
    </Page>
  );
}

const anySource = "any";

type SourceProps = { events: readonly SeenEvent[]; source: string; onChange: (source: string) => void };

/** The sources that sent something lately, and the one of the address. */
function SourceFilter({ events, source, onChange }: SourceProps) {
  const known = [...new Set(events.flatMap(({ sourceId }) => sourceId ?? []))].sort();
  const choices = source === "" || known.includes(source) ? known : [source, ...known];
  return (
    <Picker
      label={m.source}
      selectedKey={source || anySource}
      onSelectionChange={(key) => onChange(key === anySource ? "" : String(key))}
    >
      <PickerItem id={anySource}>{messages.connectors.events.anySource}</PickerItem>
      {choices.map((id) => (
        <PickerItem key={id} id={id}>
          {id}
        </PickerItem>
      ))}
    </Picker>
  );
}

function isWanted(event: SeenEvent, type: string, who: string, source: string): boolean {
  const fits = (value: string | undefined, part: string) => (value ?? "").toLowerCase().includes(part.toLowerCase());
  if (source !== "" && event.sourceId !== source) return false;
  if (type !== "" && !fits(event.type, type) && !fits(event.originalName, type)) return false;
  return who === "" || (event.identifiers ?? []).some(({ value }) => fits(value, who));
}

function columnsOf(choose: (event: SeenEvent) => void): readonly Column<SeenEvent>[] {
  return [
    {
      key: "type",
      label: m.type,
      text: ({ type }) => type,
      render: (event) => (
        <button type="button" className={plainButton({})} onClick={() => choose(event)}>
          {event.type || m.untyped}
        </button>
      ),
    },
    { key: "time", isOneLine: true, label: m.time, text: ({ receivedAt }) => formatClockTime(receivedAt) },
    { key: "about", label: m.about, text: (event) => describeEvent(event) || messages.common.none },
    {
      key: "who",
      label: m.who,
      text: ({ identifiers }) => identifiers?.[0]?.value ?? messages.common.none,
    },
    {
      key: "result",
      label: m.result,
      text: ({ status }) => status,
      render: (event) => (
        <span className={row}>
          <StatusLight variant={event.status === "accepted" ? "positive" : "negative"}>
            {m.statuses[event.status]}
          </StatusLight>
          {(event.flags ?? []).length > 0 ? (
            <Badge variant="notice" fillStyle="subtle">
              {m.flagCount(event.flags?.length ?? 0)}
            </Badge>
          ) : null}
        </span>
      ),
    },
  ];
}
