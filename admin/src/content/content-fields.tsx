import { TextField } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { patched } from "../merchandising/patched.ts";
import { messages } from "../messages.data.ts";
import { rowStart } from "../ui/styles.ts";
import { DataFields } from "./data-fields.tsx";
import { HtmlField } from "./html-field.tsx";
import { HtmlPreview } from "./html-preview.tsx";
import type { BlockContent } from "./shapes.ts";

const m = messages.blocks;

type Props = {
  content: BlockContent;
  onChange: (content: BlockContent) => void;
  /** JSON pointer of the content in the body. */
  pointer: string;
  faults: readonly Fault[];
  isReadOnly: boolean;
  previewTitle: string;
};

/** What a visitor gets: HTML, a link, a text in place of it, and data for pages that render by themselves. */
export function ContentFields({ content, onChange, pointer, faults, isReadOnly, previewTitle }: Props) {
  const { html, json, link, alt } = content;
  const set = (patch: { readonly [K in keyof BlockContent]?: BlockContent[K] | undefined }) =>
    onChange(patched(contentOf({ html, json, link, alt }), patch));
  const shared = { faults, isReadOnly };
  return (
    <>
      <HtmlField
        value={html ?? ""}
        pointer={`${pointer}/html`}
        {...shared}
        onChange={(next) => set({ html: next === "" ? undefined : next })}
      />
      {html === undefined ? null : <HtmlPreview html={html} title={previewTitle} />}
      <div className={rowStart}>
        <TextField
          label={m.link}
          description={m.linkText}
          value={link ?? ""}
          isReadOnly={isReadOnly}
          onChange={(next) => set({ link: next || undefined })}
          {...invalidProps(faults, `${pointer}/link`)}
        />
        <TextField
          label={m.alt}
          value={alt ?? ""}
          isReadOnly={isReadOnly}
          onChange={(next) => set({ alt: next || undefined })}
          {...invalidProps(faults, `${pointer}/alt`)}
        />
      </div>
      <DataFields value={json} pointer={`${pointer}/json`} {...shared} onChange={(next) => set({ json: next })} />
    </>
  );
}

type Loose = { readonly [K in keyof BlockContent]: BlockContent[K] | undefined };

/** Only what belongs to a content, and only what is there. */
function contentOf(content: Loose): BlockContent {
  return patched<BlockContent>({}, content);
}
