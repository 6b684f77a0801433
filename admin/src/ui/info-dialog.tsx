import { Button, ButtonGroup, Content, Dialog, Heading } from "@react-spectrum/s2";
import type { ReactNode } from "react";
import { messages } from "../messages.data.ts";
import { stack } from "./styles.ts";

type Props = {
  readonly title: string;
  readonly onClose: () => void;
  readonly size?: "S" | "M" | "L";
  /** What may be done with what is shown, after the button that closes. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
};

/** Shows something; changes of fields in it, if any, count at once, so nothing is left to confirm. Stands inside a DialogContainer. */
export function InfoDialog({ title, onClose, size = "L", action, children }: Props) {
  return (
    <Dialog size={size}>
      <Heading slot="title">{title}</Heading>
      <Content>
        <div className={stack}>{children}</div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.close}
        </Button>
        {action}
      </ButtonGroup>
    </Dialog>
  );
}
