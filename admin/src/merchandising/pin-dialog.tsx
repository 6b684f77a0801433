import { Button, ButtonGroup, Content, Dialog, Heading, NumberField } from "@react-spectrum/s2";
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { maxPosition } from "./edit-events.ts";

const m = messages.merchandising.products;

type Props = { name: string; position: number; onPin: (position: number) => void; onClose: () => void };

/** Asks for the place of a pin. Stands inside a DialogContainer. */
export function PinDialog({ name, position, onPin, onClose }: Props) {
  const [place, setPlace] = useState(position);
  return (
    <Dialog size="S">
      <Heading slot="title">{m.pinTitle(name)}</Heading>
      <Content>
        <NumberField
          autoFocus
          label={m.pinPlace}
          minValue={1}
          maxValue={maxPosition}
          value={place}
          onChange={(next) => setPlace(Number.isNaN(next) ? position : Math.round(next))}
        />
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        <Button
          variant="accent"
          onPress={() => {
            onPin(place);
            onClose();
          }}
        >
          {m.pinIt}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}
