import { ActionButton, SegmentedControl, SegmentedControlItem } from "@react-spectrum/s2";
import Redo from "@react-spectrum/s2/icons/Redo";
import Undo from "@react-spectrum/s2/icons/Undo";
import { messages } from "../../messages.data.ts";
import { row, rowBetween } from "../../ui/styles.ts";

const m = messages.builder;

export type BuilderView = "form" | "json";

type Props = {
  view: BuilderView;
  /** What is written cannot be shown the other way. */
  isLocked: boolean;
  isReadOnly: boolean;
  onView: (view: BuilderView) => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
};

export function BuilderToolbar({ view, isLocked, isReadOnly, onView, undo, redo }: Props) {
  return (
    <div className={rowBetween} role="toolbar" aria-label={m.toolbar}>
      <SegmentedControl
        aria-label={m.view}
        selectedKey={view}
        isDisabled={isLocked}
        onSelectionChange={(key) => onView(key === "json" ? "json" : "form")}
      >
        <SegmentedControlItem id="form">{m.asForm}</SegmentedControlItem>
        <SegmentedControlItem id="json">{m.asJson}</SegmentedControlItem>
      </SegmentedControl>
      {isReadOnly ? null : (
        <div className={row}>
          <ActionButton size="S" aria-label={m.undo} isDisabled={!undo} onPress={() => undo?.()}>
            <Undo />
          </ActionButton>
          <ActionButton size="S" aria-label={m.redo} isDisabled={!redo} onPress={() => redo?.()}>
            <Redo />
          </ActionButton>
        </div>
      )}
    </div>
  );
}
