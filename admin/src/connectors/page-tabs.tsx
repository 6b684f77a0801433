import { focusRing, style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { tabContent } from "../ui/styles.ts";

export type PageTab = { readonly id: string; readonly label: string; readonly content: ReactNode };

type Props = {
  label: string;
  tabs: readonly PageTab[];
  selected: string;
  onChange: (id: string) => void;
};

const list = style({
  display: "flex",
  flexWrap: "wrap",
  columnGap: 32,
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
});
const tab = style({
  ...focusRing(),
  font: "ui",
  color: { default: "neutral-subdued", ":hover": "neutral", isSelected: "neutral" },
  backgroundColor: "transparent",
  paddingX: 0,
  paddingY: 12,
  borderWidth: 0,
  borderBottomWidth: 2,
  borderStyle: "solid",
  borderColor: { default: "transparent", isSelected: "gray-900" },
  cursor: "pointer",
});

/**
 * Tabs whose panels stay once they were opened, so that what was typed in one is there after a look at another. The library's
 * tabs build their panels anew when the window becomes narrower, which would lose it.
 */
export function PageTabs({ label, tabs, selected, onChange }: Props) {
  const id = useId();
  const buttons = useRef(new Map<string, HTMLButtonElement>());
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set([selected]));
  if (!opened.has(selected)) setOpened(new Set([...opened, selected]));
  const go = (index: number) => {
    const next = tabs.at(index % tabs.length);
    if (!next) return;
    onChange(next.id);
    buttons.current.get(next.id)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((one) => one.id === selected);
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    go(target);
  };
  return (
    <div>
      <div role="tablist" aria-label={label} className={list} onKeyDown={onKeyDown}>
        {tabs.map((one) => (
          <button
            key={one.id}
            ref={(button) => {
              if (button) buttons.current.set(one.id, button);
            }}
            type="button"
            role="tab"
            id={`${id}-${one.id}`}
            aria-selected={one.id === selected}
            aria-controls={`${id}-${one.id}-panel`}
            tabIndex={one.id === selected ? 0 : -1}
            className={tab({ isSelected: one.id === selected })}
            onClick={() => onChange(one.id)}
          >
            {one.label}
          </button>
        ))}
      </div>
      {tabs.map((one) => (
        <div
          key={one.id}
          role="tabpanel"
          id={`${id}-${one.id}-panel`}
          aria-labelledby={`${id}-${one.id}`}
          hidden={one.id !== selected}
          className={tabContent}
        >
          {opened.has(one.id) ? one.content : null}
        </div>
      ))}
    </div>
  );
}
