export function RidesPage() {
  return <h1>RidesPage</h1>;
}
