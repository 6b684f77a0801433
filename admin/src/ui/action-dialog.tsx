import { Button, ButtonGroup, Content, Dialog, Heading } from "@react-spectrum/s2";
import type { ReactNode } from "react";
import { messages } from "../messages.data.ts";
import { ErrorState } from "./states.tsx";
import { stack } from "./styles.ts";

type Props = {
  title: string;
  /** What the button that does it says. */
  action: string;
  onAction: () => void;
  onClose: () => void;
  /** The mutation behind the action. */
  mutation: { readonly error: Error | null; readonly isPending: boolean };
  isReady: boolean;
  isNegative?: boolean;
  size?: "S" | "M" | "L";
  children: ReactNode;
};

/** A form that does one thing: the error of the last try on top, cancel and do below. Stands inside a DialogContainer. */
export function ActionDialog(props: Props) {
  const { title, action, onAction, onClose, mutation, isReady, isNegative = false, size = "M", children } = props;
  return (
    <Dialog size={size}>
      <Heading slot="title">{title}</Heading>
      <Content>
        <div className={stack}>
          {mutation.error ? <ErrorState error={mutation.error} /> : null}
          {children}
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button
          variant={isNegative ? "negative" : "accent"}
          isPending={mutation.isPending}
          isDisabled={!isReady}
          onPress={onAction}
        >
          {action}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
