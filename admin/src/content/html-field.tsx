import { TextArea, type TextFieldRef } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useRef } from "react";
import type { Fault } from "../api/client.ts";
import { PictureButton } from "../assets/picture-button.tsx";
import type { Asset } from "../assets/shapes.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { muted, row, stackTight } from "../ui/styles.ts";
import { insertAt } from "./insert-at.ts";
import { PlaceholderMenu } from "./placeholder-menu.tsx";

const m = messages.blocks;
const wide = style({ width: "full" });

type Props = {
  value: string;
  onChange: (html: string) => void;
  pointer: string;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Markup with tools that write placeholders and pictures where the caret is. */
export function HtmlField({ value, onChange, pointer, faults, isReadOnly }: Props) {
  const field = useRef<TextFieldRef<HTMLTextAreaElement>>(null);
  const insert = (text: string) => {
    const input = field.current?.getInputElement();
    const next = insertAt(input, value, text);
    onChange(next.text);
    // Menus and dialogs give the focus back to their button first.
    setTimeout(() => {
      input?.focus();
      input?.setSelectionRange(next.caret, next.caret);
    }, 100);
  };
  return (
    <div className={stackTight}>
      <TextArea
        ref={field}
        label={m.html}
        description={m.htmlText}
        styles={wide}
        value={value}
        isReadOnly={isReadOnly}
        onChange={onChange}
        {...invalidProps(faults, pointer)}
      />
      {isReadOnly ? null : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
        <div role="group" className={row} aria-label={m.tools}>
          <PlaceholderMenu onInsert={insert} />
          <PictureButton onPick={(asset, size) => insert(imageTag(asset, size))} />
        </div>
      )}
      {value.includes("{{") ? <p className={muted}>{m.fallbackHint}</p> : null}
    </div>
  );
}

function imageTag({ reference, alt }: Asset, size: string): string {
  const text = alt[""] ?? Object.values(alt)[0] ?? "";
  const safe = text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<img src="${reference}${size === "original" ? "" : `/${size}`}" alt="${safe}">`;
}
