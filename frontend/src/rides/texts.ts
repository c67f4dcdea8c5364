import { type Schemas } from "../api/client.ts";
import { defineTexts, plural } from "../i18n/texts.ts";
import { type Shown, type Sort } from "./filters.ts";
import { type Visibility } from "./ride.ts";

interface RidesTexts {
  title: string;
  search: string;
  searchHint: string;
  year: string;
  anyYear: string;
  shown: string;
  shownAs: Record<Shown, string>;
  sort: string;
  sortedBy: Record<Sort, string>;
  filters: (count: number) => string;
  clear: string;
  count: (count: number, shown: string) => string;
  sum: (distance: string, gain: string) => string;
  sumOfLoaded: (count: string, distance: string, gain: string) => string;
  list: string;
  loading: string;
  distance: string;
  gain: string;
  highest: string;
  visibility: Record<Visibility, string>;
  arriving: string;
  noFile: string;
  noFileNext: string;
  processingOf: (title: string) => string;
  stages: Record<Schemas["ShownStage"], string>;
  failedNext: string;
  more: (count: number, shown: string) => string;
  loadingMore: string;
  moreFailed: string;
  again: string;
  none: string;
  noneLead: string;
  begin: readonly { title: string; text: string }[];
  nothingFound: string;
  nothingFoundNext: string;
}

export const texts = defineTexts<RidesTexts>({
  es: {
    title: "Mis rutas",
    search: "Buscar",
    searchHint: "Buscar por título",
    year: "Año",
    anyYear: "Todos los años",
    shown: "Quién las ve",
    shownAs: { all: "Todas", public: "Públicas", private: "Privadas", draft: "Borradores" },
    sort: "Orden",
    sortedBy: {
      newest: "Más recientes",
      oldest: "Más antiguas",
      longest: "Más largas",
      uploaded: "Últimas añadidas",
      title: "Por título",
    },
    filters: (count) => (count === 0 ? "Filtros" : `Filtros (${String(count)})`),
    clear: "Quitar filtros",
    count: (count, shown) => `${shown} ${plural(count, "ruta", "rutas")}`,
    sum: (distance, gain) => `${distance} y ${gain} de desnivel`,
    sumOfLoaded: (count, distance, gain) =>
      `${distance} y ${gain} de desnivel en las ${count} que ves`,
    list: "Rutas",
    loading: "Cargando tus rutas…",
    distance: "Distancia",
    gain: "Desnivel",
    highest: "Altura máx.",
    visibility: { draft: "Borrador", private: "Privada", public: "Pública" },
    arriving: "Subiendo su archivo…",
    noFile: "Sin archivo todavía",
    noFileNext: "Ábrela para añadir su archivo.",
    processingOf: (title) => `Analizando «${title}»`,
    stages: {
      queued: "Esperando turno",
      validating: "Revisando el archivo",
      parsing: "Leyendo los puntos",
      analysing: "Midiendo la ruta",
      simplifying: "Preparando el mapa",
      saving: "Guardando",
      finishing: "Terminando",
      retrying: "Se reintentará en unos minutos",
      done: "Lista",
    },
    failedNext: "Abre la ruta para ver qué hacer.",
    more: (count, shown) => plural(count, "Mostrar una ruta más", `Mostrar ${shown} rutas más`),
    loadingMore: "Cargando más…",
    moreFailed: "No se pudieron cargar las siguientes.",
    again: "Intentar de nuevo",
    none: "Aquí vivirán tus rutas",
    noneLead:
      "Todavía no hay ninguna. Para empezar basta el archivo que grabó tu aparato: GPX, FIT, TCX o CSV.",
    begin: [
      {
        title: "Expórtalo",
        text: "En Garmin Connect, Wahoo, Komoot o Strava, abre la actividad y elige «Exportar». Vale también el archivo tal como está en el aparato.",
      },
      {
        title: "Súbelo",
        text: "Elige el archivo, o arrástralo a esta página. Puedes subir varios a la vez.",
      },
      {
        title: "Entiéndela",
        text: "En unos segundos tienes el mapa, el perfil, los puertos y cifras de fiar.",
      },
    ],
    nothingFound: "Ninguna ruta coincide",
    nothingFoundNext: "Prueba con otra palabra o con menos filtros.",
  },
  en: {
    title: "My rides",
    search: "Search",
    searchHint: "Search by title",
    year: "Year",
    anyYear: "Every year",
    shown: "Who sees them",
    shownAs: { all: "All", public: "Public", private: "Private", draft: "Drafts" },
    sort: "Order",
    sortedBy: {
      newest: "Newest first",
      oldest: "Oldest first",
      longest: "Longest first",
      uploaded: "Last added",
      title: "By title",
    },
    filters: (count) => (count === 0 ? "Filters" : `Filters (${String(count)})`),
    clear: "Clear filters",
    count: (count, shown) => `${shown} ${plural(count, "ride", "rides")}`,
    sum: (distance, gain) => `${distance} and ${gain} of climbing`,
    sumOfLoaded: (count, distance, gain) =>
      `${distance} and ${gain} of climbing in the ${count} that you see`,
    list: "Rides",
    loading: "Loading your rides…",
    distance: "Distance",
    gain: "Climbing",
    highest: "Top",
    visibility: { draft: "Draft", private: "Private", public: "Public" },
    arriving: "Its file is being uploaded…",
    noFile: "No file yet",
    noFileNext: "Open it to add its file.",
    processingOf: (title) => `Analysing “${title}”`,
    stages: {
      queued: "Waiting its turn",
      validating: "Checking the file",
      parsing: "Reading the points",
      analysing: "Measuring the ride",
      simplifying: "Preparing the map",
      saving: "Saving",
      finishing: "Finishing",
      retrying: "It will be tried again in some minutes",
      done: "Ready",
    },
    failedNext: "Open the ride to see what to do.",
    more: (count, shown) => plural(count, "Show one more ride", `Show ${shown} more rides`),
    loadingMore: "Loading more…",
    moreFailed: "The next ones could not be loaded.",
    again: "Try again",
    none: "Your rides will live here",
    noneLead:
      "There is none yet. All it takes is the file that your device recorded: GPX, FIT, TCX or CSV.",
    begin: [
      {
        title: "Export it",
        text: "In Garmin Connect, Wahoo, Komoot or Strava, open the activity and choose “Export”. The file just as it is on the device will do, too.",
      },
      {
        title: "Upload it",
        text: "Choose the file, or drag it onto this page. Several at once are fine.",
      },
      {
        title: "Understand it",
        text: "Within seconds you have the map, the profile, the climbs and numbers to trust.",
      },
    ],
    nothingFound: "No ride matches",
    nothingFoundNext: "Try another word, or fewer filters.",
  },
});
