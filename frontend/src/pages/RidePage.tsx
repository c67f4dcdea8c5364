export function RidePage() {
  return <h1>RidePage</h1>;
}
