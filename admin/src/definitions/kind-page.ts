import type { ComponentType, ReactNode } from "react";
import type { Fault } from "../api/client.ts";
import type { Definition, DefinitionScope, DefinitionSummary, Schedule } from "../api/shapes.ts";
import type { Column } from "../ui/data-table.tsx";

export type BodyProps<B> = { readonly body: B; readonly scope: DefinitionScope };

export type FormProps<B> = BodyProps<B> & {
  readonly onChange: (body: B) => void;
  /** Faults of the last refused save; paths are JSON pointers into the body. */
  readonly faults: readonly Fault[];
  readonly isReadOnly: boolean;
};

export type SideProps<B> = BodyProps<B> & {
  /** As it stands in the form. */
  readonly schedule: Schedule | null;
  readonly definition: Definition<B> | null;
};

export type KindTab<B> = {
  readonly id: string;
  readonly label: string;
  readonly Content: ComponentType<{ readonly definition: Definition<B> }>;
};

/** All that a kind of definition adds to the common list and editor. */
export type KindPage<B> = {
  readonly kind: string;
  /** Address of its list, e.g. "/audiences". */
  readonly path: string;
  readonly texts: {
    readonly one: string;
    readonly many: string;
    readonly description: string;
    readonly create: string;
    readonly emptyTitle: string;
    readonly emptyText: string;
    readonly example: ReactNode;
  };
  readonly columns: readonly Column<DefinitionSummary>[];
  readonly emptyBody: () => B;
  readonly Form: ComponentType<FormProps<B>>;
  /** Stands beside the form and follows it while it is edited: an estimate or a preview. Without it the form has the whole width. */
  readonly Side?: ComponentType<SideProps<B>>;
  readonly tabs: readonly KindTab<B>[];
  /** Stands in the dialog that publishes: what the draft would run into. */
  readonly PublishChecks?: ComponentType<{ readonly definition: Definition<B> }>;
  /** Buttons of the list, before the one that makes a new definition. */
  readonly ListActions?: ComponentType;
  /** Buttons beside publish, of what only this kind can do. */
  readonly Actions?: ComponentType<{ readonly definition: Definition<B> }>;
};

/** The first fault at or below a JSON pointer. */
export function faultAt(faults: readonly Fault[], pointer: string): Fault | undefined {
  const inBody = (path: string) => path.replace(/^\/body(?=\/|$)/, "");
  return faults.find(({ path }) => inBody(path) === pointer || inBody(path).startsWith(`${pointer}/`));
}

type FieldFault = { readonly validationBehavior: "aria"; readonly isInvalid?: true; readonly errorMessage?: string };

/**
 * Props that mark a field as wrong, or none. A field marked in the browser's own way would keep its form from
 * being sent again, and only the server can tell that the fault has gone.
 */
export function invalidProps(faults: readonly Fault[], pointer: string): FieldFault {
  const fault = faultAt(faults, pointer);
  if (!fault) return { validationBehavior: "aria" };
  return { validationBehavior: "aria", isInvalid: true, errorMessage: fault.message };
}
