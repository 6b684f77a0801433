import { createContext, useContext } from "react";
import type { Clip } from "./clipboard.ts";
import type { NodeFault } from "./rule-pointers.ts";

/** What can be done with a part wherever it stands in the tree. */
export type TreeActions = {
  readonly move: (id: string, groupId: string, index: number) => void;
  readonly step: (id: string, step: -1 | 1) => void;
  readonly indent: (id: string) => void;
  readonly outdent: (id: string) => void;
  readonly wrap: (id: string) => void;
  readonly duplicate: (id: string) => void;
  readonly copy: (id: string, place: string) => void;
  readonly cut: (id: string, place: string) => void;
  readonly paste: (groupId: string) => void;
};

/** What is being dragged, and where such conditions make sense. */
export type Dragged = { readonly id: string; readonly place: string };

type Tree = {
  /** null where a group is drawn without a builder around it. */
  readonly actions: TreeActions | null;
  readonly faults: readonly NodeFault[];
  readonly clip: Clip | null;
  readonly dragged: Dragged | null;
  readonly setDragged: (dragged: Dragged | null) => void;
};

export const TreeContext = createContext<Tree>({
  actions: null,
  faults: [],
  clip: null,
  dragged: null,
  setDragged: () => undefined,
});

export function useTree(): Tree {
  return useContext(TreeContext);
}

type FieldFault = {
  readonly validationBehavior: "aria";
  readonly isInvalid?: true;
  readonly errorMessage?: string;
};

/**
 * Props that mark the control of a member as wrong, or none. A field marked in the browser's own way would keep its form from
 * being sent again, and only the server can tell that the fault has gone.
 */
export function useFault(id: string, control: string): FieldFault {
  const fault = useTree().faults.find((each) => each.id === id && each.control === control);
  if (!fault) return { validationBehavior: "aria" };
  return { validationBehavior: "aria", isInvalid: true, errorMessage: fault.message };
}

/** Conditions may be moved and pasted between groups that speak of the same things. */
export function placeOf(subjects: readonly string[], elements: string | undefined): string {
  return `${subjects.join(",")} ${subjects.includes("item") ? (elements ?? "") : ""}`;
}
