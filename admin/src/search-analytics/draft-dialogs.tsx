import { TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { JsonObject } from "../api/shapes.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { ListField } from "../ui/list-field.tsx";
import { muted } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import type { NextStepKind } from "./shapes.ts";
import { useMakeDraft } from "./use-search-report.ts";

const m = messages.searchAnalytics;
const wide = style({ width: "full" });

type Props = { query: string; onClose: () => void };

function useDraft(kind: NextStepKind, { query, onClose }: Props) {
  const make = useMakeDraft();
  const run = (body: JsonObject) => {
    const name = m.nameOf(m.draftName[kind], query);
    make.mutate(
      { kind, query, name, body },
      {
        onSuccess: () => {
          showDone(m.drafted(name));
          onClose();
        },
      },
    );
  };
  return { make, run };
}

export function SynonymDialog(props: Props) {
  const { query, onClose } = props;
  const [type, setType] = useState("one-way");
  const [expansions, setExpansions] = useState<readonly string[]>([]);
  const { make, run } = useDraft("synonym", props);
  return (
    <ActionDialog
      title={m.synonymTitle(query)}
      action={m.makeDraft}
      mutation={make}
      isReady={expansions.length > 0}
      onAction={() => run({ type, keyword: query, expansions })}
      onClose={onClose}
    >
      <p className={muted}>{m.synonymText}</p>
      <ListField label={m.expansions} values={expansions} onChange={setExpansions} />
      <ChoiceField
        label={m.synonymType}
        value={type}
        onChange={setType}
        choices={Object.entries(m.synonymTypes).map(([key, texts]) => ({ key, ...texts }))}
      />
    </ActionDialog>
  );
}

export function RedirectDialog(props: Props) {
  const { query, onClose } = props;
  const [url, setUrl] = useState("");
  const { make, run } = useDraft("redirect", props);
  return (
    <ActionDialog
      title={m.redirectTitle(query)}
      action={m.makeDraft}
      mutation={make}
      isReady={url.trim() !== ""}
      onAction={() => run({ query: isQuery(query), url: url.trim() })}
      onClose={onClose}
    >
      <p className={muted}>{m.redirectText}</p>
      <TextField label={m.url} description={m.urlText} styles={wide} value={url} onChange={setUrl} />
    </ActionDialog>
  );
}

/** The condition that a search is for exactly this. */
export function isQuery(query: string): JsonObject {
  return { match: "any", conditions: [{ operator: "is", value: query }] };
}
