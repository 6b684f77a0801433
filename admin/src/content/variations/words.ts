import { messages } from "../../messages.data.ts";

const m = messages.variations;

/** What people call a place of a block. */
export function fieldName(field: string): string {
  return m.fields[field as keyof typeof m.fields] ?? m.dataField(field.replace(/^\/json\//, ""));
}
