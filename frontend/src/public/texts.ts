import { defineTexts } from "../i18n/texts.ts";
import { type Steepness } from "./mountain.ts";

interface PublicTexts {
  title: string;
  lead: string;
  register: string;
  signIn: string;
  picture: (climbs: string) => string;
  climb: (length: string, gradient: string) => string;
  legend: string;
  steepness: Record<Steepness, string>;
  newest: string;
  none: string;
  loading: string;
  by: (name: string, date: string) => string;
  distance: string;
  gain: string;
  highest: string;
  promises: string;
  trust: { title: string; text: string };
  safe: { title: string; text: string };
  open: { title: string; text: string };
  quiet: { title: string; text: string };
}

export const texts = defineTexts<PublicTexts>({
  es: {
    title: "Entiende tu ruta de un vistazo",
    lead: "Sube el GPX y en unos segundos tienes el mapa, el perfil, los puertos y cifras de las que te puedes fiar.",
    register: "Crear cuenta",
    signIn: "Entrar",
    picture: (climbs) =>
      `Perfil de una ruta con dos puertos, coloreado según la pendiente: ${climbs}`,
    climb: (length, gradient) => `${length} al ${gradient}`,
    legend: "Pendiente",
    steepness: {
      downhill: "Bajada",
      flat: "Llano",
      moderate: "3–6 %",
      steep: "6–10 %",
      "very-steep": "Más de 10 %",
    },
    newest: "Rutas recién publicadas",
    none: "Todavía no hay ninguna. La tuya puede ser la primera.",
    loading: "Cargando rutas…",
    by: (name, date) => `${name} · ${date}`,
    distance: "Distancia",
    gain: "Desnivel",
    highest: "Altura máx.",
    promises: "De qué te puedes fiar",
    trust: {
      title: "Cifras de fiar",
      text: "El ruido del GPS no suma desnivel. Si un dato del archivo era imposible, se corrige y te decimos cuál y cuántos.",
    },
    safe: {
      title: "Nada se pierde",
      text: "Guardamos tu archivo tal cual, byte a byte. Lo que subes se analiza aunque cierres la pestaña o se caiga el servidor.",
    },
    open: {
      title: "Abierto",
      text: "Código libre y una API documentada. Llévate tus rutas cuando quieras en GPX, CSV o GeoJSON.",
    },
    quiet: {
      title: "Sin rastreadores",
      text: "Ni anuncios, ni analítica, ni píxeles. Tus rutas no las ve nadie hasta que tú las publicas.",
    },
  },
  en: {
    title: "Understand your ride at a glance",
    lead: "Upload the GPX, and within seconds you have the map, the profile, the climbs and numbers that you can trust.",
    register: "Register",
    signIn: "Sign in",
    picture: (climbs) => `Profile of a ride over two passes, coloured by gradient: ${climbs}`,
    climb: (length, gradient) => `${length} at ${gradient}`,
    legend: "Gradient",
    steepness: {
      downhill: "Downhill",
      flat: "Flat",
      moderate: "3–6%",
      steep: "6–10%",
      "very-steep": "Over 10%",
    },
    newest: "Newly published rides",
    none: "There is none yet. Yours may be the first.",
    loading: "Loading rides…",
    by: (name, date) => `${name} · ${date}`,
    distance: "Distance",
    gain: "Climbing",
    highest: "Top",
    promises: "What you can rely on",
    trust: {
      title: "Numbers to trust",
      text: "The noise of a GPS adds no climbing. Where a value in the file was impossible, it is mended, and you are told which and how many.",
    },
    safe: {
      title: "Nothing is lost",
      text: "Your file is kept as it is, byte for byte. What you upload is analysed even if you close the tab or the server goes down.",
    },
    open: {
      title: "Open",
      text: "Free code and a documented API. Take your rides with you whenever you like, as GPX, CSV or GeoJSON.",
    },
    quiet: {
      title: "No trackers",
      text: "No advertisements, no analytics, no pixels. Nobody sees your rides until you publish them.",
    },
  },
});
