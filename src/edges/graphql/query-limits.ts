// How much work one document may ask for. Counted before validation, whose own rules are quadratic in the number of fields.
import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";

export type QuerySize = {
  /** Levels of fields, fragments followed. */
  readonly depth: number;
  /** Fields after every fragment is put in its place. */
  readonly fields: number;
  readonly aliases: number;
  /** Fields of `Query`: each may search the whole catalog. */
  readonly rootFields: number;
};

/** Lexical tokens; the largest recorded document of Adobe's clients has about 250. */
export const maxTokens = 3_000;
/** Tools introspect with a document of depth 15; the largest of the drop-ins has 8 levels and 88 fields. */
const limits: QuerySize = { depth: 20, fields: 1_000, aliases: 50, rootFields: 10 };

const nothing: QuerySize = { depth: 0, fields: 0, aliases: 0, rootFields: 0 };
const tooLarge: QuerySize = { depth: Number.POSITIVE_INFINITY, fields: 0, aliases: 0, rootFields: 0 };

/** Size of the largest operation of a document. A fragment that contains itself is infinitely deep. */
export function sizeOf(document: DocumentNode): QuerySize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const sizes = new Map<string, QuerySize>();

  const ofFragment = (name: string): QuerySize => {
    const known = sizes.get(name);
    if (known) return known;
    // What is asked for while it is being counted contains itself.
    sizes.set(name, tooLarge);
    const fragment = fragments.get(name);
    const size = fragment ? ofSelection(fragment.selectionSet) : nothing;
    sizes.set(name, size);
    return size;
  };

  const ofSelection = ({ selections }: SelectionSetNode): QuerySize => {
    let { depth, fields, aliases, rootFields } = nothing;
    for (const selection of selections) {
      let size: QuerySize;
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet ? ofSelection(selection.selectionSet) : nothing;
        size = {
          depth: below.depth + 1,
          fields: below.fields + 1,
          aliases: below.aliases + (selection.alias ? 1 : 0),
          rootFields: 1,
        };
      } else if (selection.kind === Kind.INLINE_FRAGMENT) size = ofSelection(selection.selectionSet);
      else size = ofFragment(selection.name.value);
      depth = Math.max(depth, size.depth);
      fields += size.fields;
      aliases += size.aliases;
      rootFields += size.rootFields;
    }
    return { depth, fields, aliases, rootFields };
  };

  let largest = nothing;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const size = ofSelection(definition.selectionSet);
    const isOperation = definition.kind === Kind.OPERATION_DEFINITION;
    largest = {
      depth: Math.max(largest.depth, size.depth),
      fields: Math.max(largest.fields, size.fields),
      aliases: Math.max(largest.aliases, size.aliases),
      rootFields: isOperation ? Math.max(largest.rootFields, size.rootFields) : largest.rootFields,
    };
  }
  return largest;
}

/** The first limit that a document passes, in words; undefined for one that may run. */
export function excessOf(size: QuerySize): string | undefined {
  if (size.depth > limits.depth) return `it is more than ${limits.depth} levels deep`;
  if (size.fields > limits.fields) return `it asks for more than ${limits.fields} fields`;
  if (size.aliases > limits.aliases) return `it has more than ${limits.aliases} aliases`;
  if (size.rootFields > limits.rootFields) return `it asks for more than ${limits.rootFields} fields of Query`;
  return undefined;
}
