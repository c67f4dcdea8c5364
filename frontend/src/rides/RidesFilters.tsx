import Search from "lucide-react/icons/search";
import { useEffect, useId, useRef, useState } from "react";
import { useTexts } from "../i18n/use-texts.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Choice.tsx";
import { countOf, type Filters, LONGEST_SEARCH, SHOWN, SORTS, yearsBetween } from "./filters.ts";
import styles from "./Rides.module.css";
import { texts } from "./texts.ts";
import { useYears } from "./use-rides.ts";

const ANY = "any";
const TYPING_MS = 300;

type Choose = (changes: Partial<Filters>, how?: { isTyping?: boolean }) => void;

interface RidesFiltersProps {
  username: string;
  filters: Filters;
  onChange: Choose;
}

export function RidesFilters({ username, filters, onChange }: RidesFiltersProps) {
  const t = useTexts(texts);
  const id = useId();
  const hidden = countOf({ ...filters, q: "" });
  const [isOpen, setIsOpen] = useState(hidden > 0);
  const years = useYears(username);
  const [first, last] = years ?? [Infinity, -Infinity];
  return (
    <search className={styles["filters"]}>
      <div className={styles["first"]}>
        <SearchBox value={filters.q} onChange={(q, isTyping) => onChange({ q }, { isTyping })} />
        <span className={styles["toggle"]}>
          <Button aria-expanded={isOpen} aria-controls={id} onPress={() => setIsOpen(!isOpen)}>
            {t.filters(hidden)}
          </Button>
        </span>
      </div>
      <div id={id} className={styles["choices"]} data-closed={isOpen ? undefined : true}>
        <Choice
          label={t.year}
          value={filters.year === null ? ANY : String(filters.year)}
          choices={[
            [ANY, t.anyYear],
            ...yearsBetween(first, last, filters.year).map(
              (year) => [String(year), String(year)] as const,
            ),
          ]}
          onChange={(year) => onChange({ year: year === ANY ? null : Number(year) })}
        />
        <Choice
          label={t.shown}
          value={filters.shown}
          choices={SHOWN.map((shown) => [shown, t.shownAs[shown]] as const)}
          onChange={(shown) => onChange({ shown })}
        />
        <Choice
          label={t.sort}
          value={filters.sort}
          choices={SORTS.map((sort) => [sort, t.sortedBy[sort]] as const)}
          onChange={(sort) => onChange({ sort })}
        />
      </div>
    </search>
  );
}

/** Asks once the rider pauses; follows the address when that changes otherwise. */
function SearchBox({
  value,
  onChange,
}: {
  value: string;
  onChange: (value: string, isTyping: boolean) => void;
}) {
  const t = useTexts(texts);
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [told, setTold] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (value !== seen) {
    setSeen(value);
    // What is written here may be ahead of what the address has by now.
    if (value !== told) {
      setTold(value);
      setText(value);
    }
  }
  const tell = (next: string) => {
    // The first letter is a step of its own, so that "back" leads to the list without a search.
    setTold(next);
    onChange(next, value !== "");
  };
  return (
    <div className={styles["search"]}>
      <Search aria-hidden="true" />
      <input
        type="search"
        aria-label={t.search}
        placeholder={t.searchHint}
        maxLength={LONGEST_SEARCH}
        autoComplete="off"
        enterKeyHint="search"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => tell(target.value), TYPING_MS);
        }}
        onKeyDown={({ key }) => {
          if (key !== "Enter") return;
          clearTimeout(timer.current);
          tell(text);
        }}
      />
    </div>
  );
}
