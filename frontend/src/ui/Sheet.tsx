import { type ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import styles from "./Sheet.module.css";

interface SheetProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Asks before something is done that matters. */
  isAlert?: boolean;
  children: ReactNode;
}

/** What has to be dealt with before the page goes on. */
export function Sheet({ title, isOpen, onClose, isAlert = false, children }: SheetProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable={!isAlert}
      className={styles["backdrop"] ?? ""}
    >
      <Modal className={styles["box"] ?? ""}>
        <Dialog role={isAlert ? "alertdialog" : "dialog"} className={styles["dialog"] ?? ""}>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

export function SheetActions({ children }: { children: ReactNode }) {
  return <div className={styles["actions"]}>{children}</div>;
}
