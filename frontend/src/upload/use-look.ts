import { queryOptions, useQuery } from "@tanstack/react-query";
import { queries } from "../api/service.ts";
import { useTexts } from "../i18n/use-texts.ts";
import { look, type Looked } from "./look.ts";
import { texts } from "./texts.ts";

type Describe = (fileName: string) => string;

const lookOf = (file: File, describe: Describe) =>
  queryOptions({
    queryKey: ["look", file.name, file.size, file.lastModified],
    queryFn: ({ signal }) => look(file, describe, null, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What a file says by itself; looked at once, whoever asks. */
export function useLook(file: File) {
  const t = useTexts(texts);
  return useQuery(lookOf(file, t.describe));
}

/** The same where nothing is drawn; throws as `look` does. */
export function lookOnce(file: File, describe: Describe): Promise<Looked> {
  return queries.query(lookOf(file, describe));
}
