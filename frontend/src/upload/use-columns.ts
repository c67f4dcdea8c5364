/** Columns of a table that a rider chooses and tries before anything is saved. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { useTexts } from "../i18n/use-texts.ts";
import {
  type Chosen,
  chosenOf,
  type Mapping,
  mappingOf,
  mistakeOf,
  recognised,
} from "./columns.ts";
import { look, type Looked } from "./look.ts";
import { texts } from "./texts.ts";

export type Choosing = ReturnType<typeof useColumns>;

const NOTHING: Chosen = { headers: {}, dayOrder: null };

/** `first` is what the file says by itself, `mapping` what was chosen for it before. */
export function useColumns(file: File, first: Looked, mapping: Mapping | null = null) {
  const t = useTexts(texts);
  const { table } = first;
  const [chosen, setChosen] = useState(() =>
    mapping ? chosenOf(mapping) : table ? recognised(table) : NOTHING,
  );
  // The last look that the file could be read with, or the first.
  const [looked, setLooked] = useState(first);
  const trial = useMutation({
    mutationFn: (next: Mapping | null) => look(file, t.describe, next),
    onSuccess: (found) => {
      if (found.refusal === null) setLooked({ ...found, table });
    },
  });
  const wanted = table ? mappingOf(chosen, table) : null;
  const mistake = mistakeOf(chosen);
  const isTried =
    trial.status === "idle"
      ? JSON.stringify(wanted) === JSON.stringify(mapping)
      : JSON.stringify(wanted) === JSON.stringify(trial.variables);
  const refusal = trial.status === "idle" ? first.refusal : (trial.data?.refusal ?? trial.error);
  return {
    table,
    looked,
    chosen,
    mistake,
    mapping: wanted,
    isTrying: trial.isPending,
    /** Why what was tried last is of no use, as long as it was not changed. */
    refusal: isTried && !trial.isPending ? refusal : null,
    isGood: isTried && trial.isSuccess && refusal === null,
    change: setChosen,
    /** Whether the file can be read so; asks only what was not asked yet. */
    async test(): Promise<boolean> {
      if (mistake !== null && table) return false;
      if (isTried && !trial.isPending && refusal === null) return true;
      const found = await trial.mutateAsync(wanted).catch(() => null);
      return found !== null && found.refusal === null;
    },
  };
}

/** The sentence for a refusal; the service's own of dates speaks to programs. */
export function whyRefused(error: unknown, own: (typeof texts)["es"]): string {
  if (!(error instanceof ApiError)) return own.columnsNext;
  return error.reason === "ambiguous_dates" ? own.ambiguous : `${error.message}.`;
}
