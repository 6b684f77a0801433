import { post } from "../api/client.ts";
import type { Definition } from "../api/shapes.ts";
import { type ReadSynonyms, type SynonymBody, synonymText } from "./read-synonyms.ts";

const path = "/v1/definitions/synonym";
const maxName = 150;

type SavedSynonyms = {
  readonly added: number;
  readonly refused: readonly string[];
  /** The first refusal; null when all were taken. */
  readonly error: Error | null;
};

/** Makes a definition of each line, one after the other: what is refused is left for another try. */
export async function saveSynonyms(synonyms: ReadSynonyms["synonyms"], isPublished: boolean): Promise<SavedSynonyms> {
  const refused: string[] = [];
  let error: Error | null = null;
  for (const { line, body } of synonyms) {
    try {
      await saveOne(body, isPublished);
    } catch (failure) {
      refused.push(line);
      error ??= failure instanceof Error ? failure : new Error(String(failure));
    }
  }
  return { added: synonyms.length - refused.length, refused, error };
}

async function saveOne(body: SynonymBody, isPublished: boolean): Promise<void> {
  const name = synonymText(body).slice(0, maxName);
  // The key is made of the name by the server, which finds a free one.
  const { id } = await post<Definition<SynonymBody>>(path, { name, body });
  if (isPublished) await post(`${path}/${id}/publish`, {});
}
