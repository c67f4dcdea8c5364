import { useQuery } from "@tanstack/react-query";
import { useTexts } from "../i18n/use-texts.ts";
import { look } from "./look.ts";
import { texts } from "./texts.ts";

/** What a file says by itself; looked at once, whoever asks. */
export function useLook(file: File) {
  const t = useTexts(texts);
  return useQuery({
    queryKey: ["look", file.name, file.size, file.lastModified],
    queryFn: ({ signal }) => look(file, t.describe, null, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
