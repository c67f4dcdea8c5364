export function EditRidePage() {
  return <h1>EditRidePage</h1>;
}
