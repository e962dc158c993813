// Amounts are whole minor units; the form says how many decimals the currency has (data-decimals) and its sign
// (data-currency). The server writes sums in the same way (cinema/money.py) and has the last word.
export function money(form, minor) {
  const places = Number(form.dataset.decimals);
  return form.dataset.currency + (minor / 10 ** places).toFixed(places).replace(/\.0+$/, "");
}

export function sum(amounts) {
  return amounts.reduce((total, minor) => total + minor, 0);
}
