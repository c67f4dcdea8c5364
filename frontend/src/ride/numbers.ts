/** The numbers of a ride, in the order of what is asked first. */
import type { Schemas } from "../api/client.ts";
import { SENSORS } from "../api/samples.ts";
import { type Format, UNKNOWN } from "../i18n/format.ts";
import { type Margin, marginOf } from "../ui/give-or-take.ts";
import { toldSensor } from "./sensors.ts";
import type { DeviceNumber } from "./device.ts";

export type NumberName =
  | DeviceNumber
  | "highest"
  | "lowest"
  | "averageGradient"
  | "maximumGradient"
  | (typeof SENSORS)[number];

export interface Shown {
  name: NumberName;
  value: string;
  /** Of a sensor, its lowest and highest. */
  span?: string;
  /** How sure it is, where that is known. */
  margin?: Margin | null;
}

/** The four that stand first; there is always something in their places. */
export function firstNumbers(
  file: Schemas["GpxMetadataOut"],
  statistics: Schemas["RouteStatisticsOut"] | null | undefined,
  format: Format,
): Shown[] {
  return [
    { name: "distance", value: format.distance(file.distance_km) },
    {
      name: "gain",
      value: format.elevation(file.elevation_gain),
      margin: marginOf(file.elevation_gain_low, file.elevation_gain_high, format),
    },
    { name: "moving", value: format.duration(statistics?.moving_time_minutes) },
    { name: "average", value: format.speed(statistics?.avg_speed_kmh) },
  ];
}

/** The others, as far as the recording has them. */
export function otherNumbers(
  file: Schemas["GpxMetadataOut"],
  statistics: Schemas["RouteStatisticsOut"] | null | undefined,
  format: Format,
): Shown[] {
  const numbers: Shown[] = [
    { name: "loss", value: format.elevation(file.elevation_loss) },
    { name: "highest", value: format.elevation(file.max_elevation) },
    { name: "lowest", value: format.elevation(file.min_elevation) },
    { name: "total", value: format.duration(statistics?.total_time_minutes) },
    { name: "maxSpeed", value: format.speed(statistics?.max_speed_kmh) },
    { name: "averageGradient", value: format.gradient(statistics?.avg_gradient) },
    { name: "maximumGradient", value: format.gradient(statistics?.max_gradient) },
  ];
  for (const sensor of SENSORS) {
    const told = file.sensors?.[sensor];
    if (!told) continue;
    const tell = (value: number) => toldSensor(sensor, value, format);
    numbers.push({
      name: sensor,
      value: tell(told.average),
      span: `${tell(told.minimum)} – ${tell(told.maximum)}`,
    });
  }
  return numbers.filter(({ value }) => value !== UNKNOWN);
}
