/** What the service asks of a new password. */

export const RULES = ["length", "lower", "upper", "digit", "special"] as const;
export type Rule = (typeof RULES)[number];

const MET: Record<Rule, (password: string) => boolean> = {
  // The service counts whole characters, which JavaScript's own length does not.
  length: (password) => {
    const characters = Array.from(password).length;
    return characters >= 8 && characters <= 128;
  },
  lower: (password) => /[a-z]/.test(password),
  upper: (password) => /[A-Z]/.test(password),
  digit: (password) => /\p{Nd}/u.test(password),
  special: (password) => /[^A-Za-z0-9]/.test(password),
};

export function isMet(rule: Rule, password: string): boolean {
  return MET[rule](password);
}

export function isStrong(password: string): boolean {
  return RULES.every((rule) => isMet(rule, password));
}
