import type { Channel, Templates } from "./shapes.ts";
import { withField } from "./with-field.ts";

/** Every way, in the order in which they are offered. */
export const channels: readonly Channel[] = ["email", "sms", "push"];

type Texts = { readonly template?: string | null; readonly templates?: Templates };

/** Key of the template of a channel; null = not selected, undefined = nothing is said of it. */
export function templateOf({ template, templates }: Texts, channel: Channel): string | null | undefined {
  return channel === "email" ? template : templates?.[channel];
}

/** A key of its own was wanted, and is not typed yet. */
export function isKeyMissing(texts: Texts): boolean {
  return channels.some((channel) => templateOf(texts, channel) === "");
}

/** The same with another template of a channel; undefined says nothing of it any more, which only texts of a store view may. */
export function withTemplate<T extends Texts>(texts: T, channel: Channel, key: string | null | undefined): T {
  if (channel === "email") return withField(texts, "template", key as T["template"]);
  const templates = withField(texts.templates ?? {}, channel, key);
  return withField(texts, "templates", (Object.keys(templates).length === 0 ? undefined : templates) as T["templates"]);
}

/** Where faults of the template are reported, below the texts. */
export function templatePath(channel: Channel): string {
  return channel === "email" ? "/template" : `/templates/${channel}`;
}
