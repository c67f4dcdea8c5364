import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type Level, levelFor, OVERVIEW } from "./detail.ts";
import { fetchLine } from "./fetch-line.ts";
import type { Line } from "./line.ts";

interface Known {
  gpxFileId: string;
  overview: Line;
  storedPoints: number;
}

/** The line as fine as the scale asks for; what was there before, until a finer one has come. */
export function useDetail(
  { gpxFileId, overview, storedPoints }: Known,
  metresPerPx: number | null,
): { line: Line; level: Level } {
  const wanted = metresPerPx === null ? OVERVIEW : levelFor(metresPerPx, storedPoints);
  const { data } = useQuery({
    queryKey: ["track", gpxFileId, "line", wanted.name],
    queryFn: ({ signal }) => fetchLine(gpxFileId, wanted.toleranceM ?? 0, signal),
    enabled: wanted.toleranceM !== null,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  const line = wanted.toleranceM === null ? overview : (data ?? overview);
  return { line, level: line === overview ? OVERVIEW : wanted };
}
