import { SegmentedControl, SegmentedControlItem, TextField } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { ProfileField } from "../profiles/profile-field.tsx";
import { rowStart } from "../ui/styles.ts";
import type { View } from "./use-view.ts";

const m = messages.merchandising.products;

/** What a list is looked at with: the search, a customer, a time, with or without comparison. */
export function ViewFields({ view, isSearch }: { view: View; isSearch: boolean }) {
  return (
    <>
      <div className={rowStart}>
        {isSearch ? <QueryField value={view.query} onChange={view.setQuery} /> : null}
        <ProfileField label={messages.preview.as} value={view.profile} onChange={view.setProfile} />
        <TextField
          label={m.at}
          description={m.atText}
          type="datetime-local"
          value={view.at}
          onChange={view.setAt}
          onKeyDown={keepFromSaving}
        />
      </div>
      <SegmentedControl
        aria-label={m.view}
        selectedKey={view.isCompared ? "compare" : "arrange"}
        onSelectionChange={(key) => view.setCompared(key === "compare")}
      >
        <SegmentedControlItem id="arrange">{m.views.arrange}</SegmentedControlItem>
        <SegmentedControlItem id="compare">{m.views.compare}</SegmentedControlItem>
      </SegmentedControl>
    </>
  );
}

type QueryProps = { value: string; onChange: (query: string) => void; takesAll?: boolean };

/** @param takesAll whether an empty field means all products */
export function QueryField({ value, onChange, takesAll = true }: QueryProps) {
  return (
    <TextField
      label={m.query}
      {...(takesAll ? { description: m.all } : {})}
      maxLength={255}
      value={value}
      onChange={onChange}
      onKeyDown={keepFromSaving}
    />
  );
}

/** What is typed here is looked at, not saved: Enter must not send the form around it. */
function keepFromSaving(event: { readonly key: string; preventDefault: () => void }): void {
  if (event.key === "Enter") event.preventDefault();
}
