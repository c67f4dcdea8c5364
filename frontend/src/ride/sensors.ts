import type { Sensor } from "../api/samples.ts";
import type { Format } from "../i18n/format.ts";

export function toldSensor(sensor: Sensor, value: number, format: Format): string {
  const tell = {
    heart_rate_bpm: format.heartRate,
    cadence_rpm: format.cadence,
    power_w: format.power,
    temperature_c: format.temperature,
  }[sensor];
  return tell(value);
}
