import { Button, type ButtonProps, Tooltip, TooltipTrigger } from "@react-spectrum/s2";
import type { Scope } from "../api/shapes.ts";
import { showInfo } from "../ui/toasts.ts";
import { useGate } from "./use-session.ts";

type Props = Omit<ButtonProps, "isDisabled"> & { scope: Scope; isDisabled?: boolean };

/**
 * A button that needs a permission. Without it the button stays where it is and says on hover, focus and press
 * what is missing: a natively disabled button could not be focused, so its reason would be out of reach.
 */
export function GatedButton({ scope, isDisabled = false, onPress, ...props }: Props) {
  const gate = useGate(scope);
  if (gate.isAllowed) return <Button {...props} isDisabled={isDisabled} {...(onPress ? { onPress } : {})} />;
  return (
    <TooltipTrigger delay={0}>
      <Button {...props} variant="secondary" fillStyle="outline" onPress={() => showInfo(gate.reason ?? "")}>
        {props.children} 🔒
      </Button>
      <Tooltip>{gate.reason}</Tooltip>
    </TooltipTrigger>
  );
}
