import { ActionMenu, MenuItem, ToggleButton, Tooltip, TooltipTrigger } from "@react-spectrum/s2";
import PinOff from "@react-spectrum/s2/icons/PinOff";
import PinOn from "@react-spectrum/s2/icons/PinOn";
import ThumbDown from "@react-spectrum/s2/icons/ThumbDown";
import ThumbUp from "@react-spectrum/s2/icons/ThumbUp";
import VisibilityOff from "@react-spectrum/s2/icons/VisibilityOff";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import { messages } from "../messages.data.ts";
import type { ListItem, NamedEvent } from "./shapes.ts";

const m = messages.merchandising.products;
const buttons = style({ display: "flex", alignItems: "center", gap: 2 });

/** What somebody does with a card; a pin without a place is one where the product stands. */
export type CardAction =
  | { readonly kind: "pin"; readonly position?: number }
  | { readonly kind: "say"; readonly action: "boost" | "bury" | "hide" | null }
  | { readonly kind: "ask" }
  | { readonly kind: "why" };

type Props = {
  item: ListItem;
  position: number;
  event: NamedEvent | undefined;
  onAction: (action: CardAction) => void;
};

export function CardActions({ item, position, event, onAction }: Props) {
  const said = event?.action;
  const isPinned = said === "pin";
  const toggle = (action: "boost" | "bury" | "hide") =>
    onAction({ kind: "say", action: said === action ? null : action });
  return (
    <div className={buttons}>
      <Toggle
        label={m.pin(item.name)}
        tip={isPinned ? m.tips.unpin : m.tips.pin}
        isOn={isPinned}
        onToggle={() => onAction(isPinned ? { kind: "say", action: null } : { kind: "pin" })}
      >
        {isPinned ? <PinOff /> : <PinOn />}
      </Toggle>
      <Toggle label={m.boost(item.name)} tip={m.tips.boost} isOn={said === "boost"} onToggle={() => toggle("boost")}>
        <ThumbUp />
      </Toggle>
      <Toggle label={m.bury(item.name)} tip={m.tips.bury} isOn={said === "bury"} onToggle={() => toggle("bury")}>
        <ThumbDown />
      </Toggle>
      <Toggle label={m.hide(item.name)} tip={m.tips.hide} isOn={said === "hide"} onToggle={() => toggle("hide")}>
        <VisibilityOff />
      </Toggle>
      <ActionMenu
        isQuiet
        size="S"
        aria-label={m.more_(item.name)}
        disabledKeys={position === 1 ? ["earlier"] : []}
        onAction={(key) => onAction(chosen(String(key), position))}
      >
        {Object.entries(m.menu).map(([key, label]) => (
          <MenuItem key={key} id={key}>
            {label}
          </MenuItem>
        ))}
      </ActionMenu>
    </div>
  );
}

function chosen(key: string, position: number): CardAction {
  switch (key) {
    case "first":
      return { kind: "pin", position: 1 };
    case "earlier":
      return { kind: "pin", position: position - 1 };
    case "later":
      return { kind: "pin", position: position + 1 };
    case "to":
      return { kind: "ask" };
    default:
      return { kind: "why" };
  }
}

type ToggleProps = { label: string; tip: string; isOn: boolean; onToggle: () => void; children: ReactNode };

function Toggle({ label, tip, isOn, onToggle, children }: ToggleProps) {
  return (
    <TooltipTrigger>
      <ToggleButton isQuiet size="S" aria-label={label} isSelected={isOn} onChange={onToggle}>
        {children}
      </ToggleButton>
      <Tooltip>{tip}</Tooltip>
    </TooltipTrigger>
  );
}
