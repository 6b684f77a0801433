import { Switch, TextArea } from "@react-spectrum/s2";
import { useState } from "react";
import type { FormProps, KindPage, SideProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { faultsBelow } from "./faults-below.ts";
import { mutedAlert } from "./muted-alert.tsx";
import { TrySearch } from "./try-search.tsx";

const m = messages.merchandising.settings;

type SearchSettingsBody = { readonly stopWords?: readonly string[]; readonly outOfStockLast?: boolean };

export const searchSettingsKind: KindPage<SearchSettingsBody> = {
  kind: "search-settings",
  path: "/search-settings",
  texts: messages.merchandising.searchSettings,
  columns: [],
  emptyBody: () => ({ stopWords: [], outOfStockLast: false }),
  Form: SettingsForm,
  Side: SettingsSide,
  tabs: [],
};

function SettingsForm({ body, onChange, faults, isReadOnly }: FormProps<SearchSettingsBody>) {
  // What is typed stays as typed: an empty line at the end is where the next word goes.
  const [typed, setTyped] = useState((body.stopWords ?? []).join("\n"));
  return (
    <>
      <Panel title={m.words} description={m.wordsText}>
        <TextArea
          aria-label={m.words}
          value={typed}
          isReadOnly={isReadOnly}
          onChange={(text) => {
            setTyped(text);
            onChange({ ...body, stopWords: linesOf(text) });
          }}
        />
        {mutedAlert(faultsBelow(faults, "/stopWords"))}
      </Panel>
      <Panel title={m.stock}>
        <Switch
          isSelected={body.outOfStockLast ?? false}
          isDisabled={isReadOnly}
          onChange={(outOfStockLast) => onChange({ ...body, outOfStockLast })}
        >
          {m.outOfStockLast}
        </Switch>
      </Panel>
    </>
  );
}

function linesOf(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(/[\n,;]/)
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    ),
  ];
}

function SettingsSide({ body }: SideProps<SearchSettingsBody>) {
  return (
    <TrySearch
      title={m.try}
      text={m.tryText}
      kind="search-settings"
      takesAll
      body={{ stopWords: body.stopWords ?? [], outOfStockLast: body.outOfStockLast ?? false }}
    />
  );
}
