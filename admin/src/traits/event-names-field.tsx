import { Button, Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../api/client.ts";
import type { Page } from "../api/shapes.ts";
import { eventNames } from "../audiences/rule-builder/event-names.data.ts";
import { messages } from "../messages.data.ts";
import { rowEnd } from "../ui/styles.ts";

const m = messages.traits;
const width = style({ width: 280 });

type Props = {
  values: readonly string[];
  isReadOnly: boolean;
  errorMessage: string | undefined;
  onChange: (values: readonly string[]) => void;
};

/** Several events: the usual ones, those that sources have sent, or any name. */
export function EventNamesField({ values, isReadOnly, errorMessage, onChange }: Props) {
  const [own, setOwn] = useState("");
  const seen = useSeenEvents();
  const names = [...new Set([...eventNames, ...seen, ...values])];
  const add = () => {
    onChange([...new Set([...values, own.trim()])]);
    setOwn("");
  };
  return (
    <div className={rowEnd}>
      <Picker
        label={m.events}
        styles={width}
        placeholder={m.chooseEvents}
        selectionMode="multiple"
        isDisabled={isReadOnly}
        value={[...values]}
        onChange={(keys) => onChange([...(keys as Iterable<string | number>)].map(String))}
        {...(errorMessage === undefined ? {} : { isInvalid: true, errorMessage })}
      >
        {names.map((name) => (
          <PickerItem key={name} id={name}>
            {name}
          </PickerItem>
        ))}
      </Picker>
      {isReadOnly ? null : (
        <>
          <TextField label={m.ownEvent} value={own} maxLength={200} onChange={setOwn} />
          <Button variant="secondary" isDisabled={own.trim() === ""} onPress={add}>
            {m.addEvent}
          </Button>
        </>
      )}
    </div>
  );
}

/** Names that sources have sent lately. */
function useSeenEvents(): readonly string[] {
  const query = useQuery({
    queryKey: ["tracking", "event-names"],
    queryFn: async ({ signal }) =>
      (await get<Page<{ type: string }>>("/v1/tracking/events", { limit: 200 }, { signal })).items.map(
        ({ type }) => type,
      ),
    staleTime: 60_000,
  });
  return query.data ?? [];
}
