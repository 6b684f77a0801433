import { Compile, type Validator } from "typebox/compile";
import type { DefinitionKind, LiveDefinition } from "../definitions/index.ts";
import type { ListPreview } from "../discovery/index.ts";
import { schemaFaults } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import { type LiveKinds, merchandisingKinds } from "./live-view.ts";

type Draft = NonNullable<ListPreview["draft"]>;

const allViews = { storeViews: null };

/** Puts a definition that is being edited in the place of the live one. */
export function createDrafts(kinds: readonly DefinitionKind<unknown>[]) {
  const validators = new Map<string, Validator>();
  const validatorOf = (kind: string): Validator | undefined => {
    const schema = kinds.find((each) => each.kind === kind)?.schema;
    const known = validators.get(kind);
    if (known || !schema) return known;
    const made = Compile(schema);
    validators.set(kind, made);
    return made;
  };
  /** @throws {ClienteleError} `merchandising.badDraft` for a body that its kind would refuse by its shape */
  return (live: LiveKinds, draft: Draft): LiveKinds => {
    const kind = merchandisingKinds.find((each) => each === draft.kind);
    const validator = validatorOf(draft.kind);
    if (kind === undefined || !validator)
      throw new ClienteleError(
        "merchandising.badDraft",
        `there is nothing to preview of the kind ${draft.kind.slice(0, 40)}`,
      );
    if (!validator.Check(draft.body))
      throw new ClienteleError("merchandising.badDraft", `the ${kind} cannot be previewed as it is`, {
        details: schemaFaults(validator.Errors(draft.body)).map((fault) => ({ ...fault, path: `/body${fault.path}` })),
      });
    const before: LiveDefinition<unknown> | undefined = live[kind].find(({ id }) => id === draft.id);
    const edited: LiveDefinition<unknown> = {
      id: draft.id,
      kind,
      key: before?.key ?? "draft",
      name: before?.name ?? "Draft",
      version: before?.version ?? 0,
      scope: before?.scope ?? allViews,
      schedule: null,
      window: { fromMs: null, toMs: null },
      body: draft.body,
      updatedAt: Number.MAX_SAFE_INTEGER,
    };
    // The body was checked against the schema of this kind just now.
    return { ...live, [kind]: [...live[kind].filter(({ id }) => id !== draft.id), edited] } as LiveKinds;
  };
}
