import type { LiveDefinition } from "../../definitions/index.ts";
import { ClienteleError, type Clock, newId } from "../../kernel/index.ts";
import { isTextField, textAt } from "./block-text.ts";
import { type BrandRules, checkVariation, rulesFor } from "./brand-rules.ts";
import { maxTextLength, type Variation, type VariationRun } from "./variation.ts";

/** Who works on variants. */
export type VariationEditor = {
  readonly actor: string;
  readonly via: "ui" | "api" | "cli";
  readonly storeViews: readonly string[] | null;
  readonly requestId?: string;
};

/** A block as the definitions hold it. */
export type SourceBlock = {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly etag: number;
  readonly body: unknown;
};

export type RunRequest = {
  readonly block: string;
  readonly field: string;
  readonly storeViews?: readonly string[] | undefined;
  readonly locale: string;
};

export type PrepareDeps = {
  /** The newest version of a block. @throws {ClienteleError} `definitions.notFound` */
  readonly findBlock: (key: string) => Promise<SourceBlock>;
  /** Name and description of an audience. @throws {ClienteleError} `definitions.notFound` */
  readonly findAudience: (key: string) => Promise<{ readonly name: string; readonly description: string }>;
  readonly liveRules: () => readonly LiveDefinition<BrandRules>[];
  readonly clock: Clock;
};

/** Makes runs and variants as they are stored first. */
export function createPreparing(deps: PrepareDeps) {
  const { clock } = deps;

  /** Of the rules as they are now; what was in force stays in the run. */
  const faultsOf = (run: Pick<VariationRun, "sourceText" | "field" | "locale">, content: string) =>
    checkVariation(
      content,
      { text: run.sourceText, field: run.field },
      rulesFor(deps.liveRules(), run.locale).map(({ body }) => body),
    );

  const newVariation = (
    run: VariationRun,
    position: number,
    content: string,
    origin: Variation["origin"],
    actor: string,
  ): Variation => {
    const nowMs = clock.now();
    return {
      id: newId(nowMs),
      runId: run.id,
      position,
      content,
      origin,
      originalContent: null,
      state: "proposed",
      faults: faultsOf(run, content),
      note: "",
      etag: 1,
      appliedVersion: null,
      createdAt: nowMs,
      createdBy: actor,
      changedAt: nowMs,
      changedBy: actor,
    };
  };

  /** What all runs of a request share; every fault of the source is found here, before anything is stored. */
  const readSource = async ({ block: key, field }: RunRequest) => {
    if (!isTextField(field))
      throw new ClienteleError("content.variationSource", `${field} is no place of a text; use /html, /alt or /json/…`);
    const block = await deps.findBlock(key);
    const text = textAt(block.body, field);
    if (text === undefined || text.trim() === "" || text.length > maxTextLength)
      throw new ClienteleError(
        "content.variationSource",
        `the block ${key} has no text of 1 to ${maxTextLength} characters at ${field}`,
      );
    return { block, text };
  };

  const newRun = async (
    request: RunRequest,
    source: Awaited<ReturnType<typeof readSource>>,
    audienceKey: string | null,
    rest: Pick<VariationRun, "instructions" | "wanted" | "status">,
    editor: VariationEditor,
  ): Promise<VariationRun> => {
    const audience = audienceKey === null ? undefined : await deps.findAudience(audienceKey);
    const nowMs = clock.now();
    return {
      ...rest,
      id: newId(nowMs),
      blockKey: source.block.key,
      sourceVersion: source.block.version,
      field: request.field,
      sourceText: source.text,
      audienceKey,
      audienceText: audience ? `${audience.name}. ${audience.description}`.trim() : "",
      storeViews: request.storeViews ?? null,
      locale: request.locale,
      prompt: null,
      model: null,
      promptTokens: null,
      completionTokens: null,
      errorCode: null,
      errorMessage: null,
      brandRules: rulesFor(deps.liveRules(), request.locale).map(({ key, version }) => `${key}@${version}`),
      createdAt: nowMs,
      createdBy: editor.actor,
      finishedAt: rest.status === "done" ? nowMs : null,
    };
  };

  return { faultsOf, newVariation, readSource, newRun };
}
