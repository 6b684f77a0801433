import { Compile, type Validator } from "typebox/compile";
import type { DefinitionKind, LiveDefinition } from "../definitions/index.ts";
import type { ListPreview } from "../discovery/index.ts";
import { schemaFaults } from "../http/index.ts";
import { ClienteleError, type ErrorDetail } from "../kernel/index.ts";
import { type LiveKinds, merchandisingKinds } from "./live-view.ts";

type Draft = NonNullable<ListPreview["draft"]>;

const allViews = { storeViews: null };

type Live = <B>(kind: string) => readonly LiveDefinition<B>[];

/** Puts a definition that is being edited in the place of the live one. */
export function createDrafts(kinds: readonly DefinitionKind<unknown>[], live: Live) {
  const validators = new Map<string, Validator>();
  const validatorOf = (kind: string): Validator | undefined => {
    const schema = kinds.find((each) => each.kind === kind)?.schema;
    const known = validators.get(kind);
    if (known || !schema) return known;
    const made = Compile(schema);
    validators.set(kind, made);
    return made;
  };
  /** Faults beyond the shape. The kinds of this folder find theirs at once; nothing else could be previewed. */
  const faultsOf = (edited: LiveDefinition<unknown>): readonly ErrorDetail[] => {
    const { key, scope, body } = edited;
    const faults = kinds.find(({ kind }) => kind === edited.kind)?.check?.(body, { key, scope, live }) ?? [];
    return faults instanceof Promise ? [] : faults;
  };
  /** @throws {ClienteleError} `merchandising.badDraft` for a body that its kind would not save */
  return (current: LiveKinds, draft: Draft): LiveKinds => {
    const kind = merchandisingKinds.find((each) => each === draft.kind);
    const validator = validatorOf(draft.kind);
    if (kind === undefined || !validator)
      throw new ClienteleError(
        "merchandising.badDraft",
        `there is nothing to preview of the kind ${draft.kind.slice(0, 40)}`,
      );
    if (!validator.Check(draft.body)) throw refusal(kind, schemaFaults(validator.Errors(draft.body)));
    const before: LiveDefinition<unknown> | undefined = current[kind].find(({ id }) => id === draft.id);
    const edited: LiveDefinition<unknown> = {
      id: draft.id,
      kind,
      key: before?.key ?? "draft",
      name: draft.name ?? before?.name ?? "Draft",
      version: before?.version ?? 0,
      scope: draft.storeViews === undefined ? (before?.scope ?? allViews) : { storeViews: draft.storeViews },
      schedule: null,
      window: { fromMs: null, toMs: null },
      body: draft.body,
      updatedAt: Number.MAX_SAFE_INTEGER,
    };
    const faults = faultsOf(edited);
    if (faults.length > 0) throw refusal(kind, faults);
    // The body was checked against the schema of this kind just now.
    return { ...current, [kind]: [...current[kind].filter(({ id }) => id !== draft.id), edited] } as LiveKinds;
  };
}

function refusal(kind: string, faults: readonly ErrorDetail[]): ClienteleError {
  return new ClienteleError("merchandising.badDraft", `the ${kind} cannot be previewed as it is`, {
    details: faults.map((fault) => ({ ...fault, path: `/body${fault.path}` })),
  });
}
