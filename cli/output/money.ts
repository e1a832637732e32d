/** `25.00 EUR`: of minor units, of which a currency may have none, two or three digits. */
export function money({ amount, currency }: { readonly amount: number; readonly currency: string }): string {
  const digits = digitsOf(currency);
  return `${(amount / 10 ** digits).toFixed(digits)} ${currency}`;
}

function digitsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 0; // nothing that is known: the minor units as they are
  }
}
