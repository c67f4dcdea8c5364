/** The text of every block, in order; nothing of the markup gets into the page. */
export function paragraphsOf(html: string): string[] {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const end of page.querySelectorAll("p, div, li, br, h1, h2, h3, h4, blockquote")) {
    end.after("\n");
    if (end.matches("p, div, li, h1, h2, h3, h4, blockquote")) end.before("\n");
  }
  return page.body.textContent
    .split(/\n+/)
    .map((text) => text.trim())
    .filter(Boolean);
}
