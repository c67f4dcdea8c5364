/** A map that can be drawn in fewer pixels for a while, also in the middle of a gesture. */
import { Map as MapLibre } from "maplibre-gl";
import { drawAtPace } from "./pace.ts";

export class PacedMap extends MapLibre {
  // Not there yet while the map is being made.
  private share?: number;
  private isChanging?: boolean;

  constructor(...options: ConstructorParameters<typeof MapLibre>) {
    super(...options);
    drawAtPace(this);
  }

  /** Only the number of pixels changes: what is said of a movement meanwhile is none. */
  get isStill(): boolean {
    return this.isChanging ?? false;
  }

  /** Draws at once in so many pixels in each direction, to those that the screen has. */
  drawIn(share: number): void {
    this.share = share;
    this.isChanging = true;
    try {
      this.resize();
    } finally {
      this.isChanging = false;
    }
    // A canvas of another size is empty; while it is drawn a real movement may begin or end.
    this.redraw();
  }

  override getPixelRatio(): number {
    return super.getPixelRatio() * (this.share ?? 1);
  }

  /** A new size ends whatever the camera does; other pixels do not. */
  override stop(): this {
    return this.isChanging ? this : super.stop();
  }
}
