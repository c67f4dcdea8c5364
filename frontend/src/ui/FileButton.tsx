import { type ReactNode, useRef } from "react";
import { Button, type ButtonProps } from "./Button.tsx";

interface FileButtonProps {
  kind?: ButtonProps["kind"];
  isMany?: boolean;
  onFiles: (files: File[]) => void;
  children: ReactNode;
}

/** Opens the device's own way to choose files. */
export function FileButton({ kind, isMany = false, onFiles, children }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      {/* Without a list of types: phones grey out .gpx where they do not know what it is. */}
      <input
        ref={input}
        type="file"
        multiple={isMany}
        hidden
        onChange={({ target }) => {
          const files = Array.from(target.files ?? []);
          // So that the same file can be chosen again.
          target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      <Button kind={kind} onPress={() => input.current?.click()}>
        {children}
      </Button>
    </>
  );
}
