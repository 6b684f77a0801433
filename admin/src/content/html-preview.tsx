import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../messages.data.ts";
import { readyHtml } from "./ready-html.ts";

const frame = style({
  width: "full",
  height: 240,
  resize: "vertical",
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  borderRadius: "default",
  backgroundColor: "white",
});

/** Draws HTML where it can do nothing: no scripts, no forms, no cookies, no way out of its frame. */
export function HtmlPreview({ html, title = messages.blocks.preview }: { html: string; title?: string }) {
  const page = `<!doctype html><meta charset="utf-8"><style>body{margin:12px;font:16px/1.5 system-ui,sans-serif;color:#222}img{max-width:100%}</style>${readyHtml(html)}`;
  return <iframe className={frame} title={title} sandbox="" referrerPolicy="no-referrer" srcDoc={page} />;
}
