import { Button, DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import type { JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { InfoDialog } from "../../ui/info-dialog.tsx";
import { Loaded } from "../../ui/states.tsx";
import { TemplateForm } from "./template-form.tsx";
import { TemplateGallery } from "./template-gallery.tsx";
import { type Template, useTemplates } from "./use-templates.ts";

const m = messages.audienceViews;

/** Puts the rule of a template in place of the present one; the builder's Undo brings that back. */
export function TemplateButton({ onUse }: { onUse: (rule: JsonObject) => void }) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button size="S" variant="secondary" onPress={() => setOpen(true)}>
        {m.template}
      </Button>
      <DialogContainer onDismiss={close}>
        {isOpen ? (
          <TemplateDialog
            onClose={close}
            onUse={(rule) => {
              onUse(rule);
              close();
            }}
          />
        ) : null}
      </DialogContainer>
    </>
  );
}

function TemplateDialog({ onUse, onClose }: { onUse: (rule: JsonObject) => void; onClose: () => void }) {
  const templates = useTemplates();
  const [chosen, setChosen] = useState<Template | null>(null);
  return (
    <InfoDialog title={chosen?.label ?? m.templateTitle} onClose={onClose}>
      <Loaded query={templates}>
        {(items) =>
          chosen ? (
            <TemplateForm key={chosen.key} template={chosen} onUse={onUse} onBack={() => setChosen(null)} />
          ) : (
            <TemplateGallery templates={items} onChoose={setChosen} />
          )
        }
      </Loaded>
    </InfoDialog>
  );
}
