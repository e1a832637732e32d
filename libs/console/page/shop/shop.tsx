import { useEffect, useState } from 'preact/hooks';

import { ask, learn, mayAct } from '../api.js';
import type { Learnt } from '../api.js';
import type { Money } from '../bodies.js';
import { count, money } from '../format.js';
import { now } from '../live.js';
import { Failed } from '../parts/notice.js';
import { useResource } from '../use-resource.js';
import { PRESETS, requestOf } from './presets.js';
import type { OrderRequest } from './presets.js';
import { catchUp, customerId, place, refused } from './session-orders.js';
import { SessionTable } from './session-table.js';

interface Product {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
}
interface Stock {
  readonly sku: string;
  readonly available: number;
}
type Offer = Product & { readonly stock: Learnt<Stock> };

async function offers(signal: AbortSignal): Promise<readonly Offer[]> {
  const products = await ask<readonly Product[]>('inventory', '/products', signal);
  return Promise.all(
    products.map(async (product) => ({
      ...product,
      stock: await learn(ask<Stock>('inventory', `/stock/${encodeURIComponent(product.sku)}`, signal)),
    })),
  );
}

const REFRESH_MS = 3_000;

export function Shop() {
  const catalogue = useResource('catalogue', offers);
  const [basket, setBasket] = useState<Readonly<Record<string, number>>>({});
  useEffect(() => void catchUp(), [now.value]);
  useEffect(() => {
    if (!catalogue.isLoading) catalogue.refresh();
  }, [Math.floor(now.value / REFRESH_MS)]);
  const put = (sku: string, quantity: number): void =>
    setBasket((before) => ({ ...before, [sku]: Math.max(0, Math.min(10_000, quantity)) }));
  return (
    <section>
      <div class="title">
        <h1>Shop</h1>
      </div>
      {refused.value && <Failed what="Not placed." refusal={refused.value} />}
      <div class="shop">
        <div>
          <h2>Orders with an outcome</h2>
          <ul class="presets">
            {PRESETS.map((preset) => (
              <li>
                <div>
                  <strong>{preset.name}</strong>
                  <p class="hint">{preset.tells}</p>
                </div>
                <Place label={preset.name} request={requestOf(preset, customerId.value)} />
              </li>
            ))}
          </ul>
          <h2>Catalogue</h2>
          {catalogue.refusal && (
            <Failed what="The catalogue can't be shown." refusal={catalogue.refusal} again={catalogue.refresh} />
          )}
          {catalogue.value && <Catalogue offers={catalogue.value} basket={basket} put={put} />}
        </div>
        <SessionTable />
      </div>
    </section>
  );
}

function Place({ label, request }: { readonly label: string; readonly request: OrderRequest }) {
  const disabled = !mayAct();
  return (
    <div class="buttons">
      <button
        type="button"
        disabled={disabled}
        onClick={() => void place(label, request)}
        aria-label={`Place: ${label}`}
      >
        Place
      </button>
      <button
        type="button"
        class="quiet"
        disabled={disabled}
        onClick={() => void place(label, request, 100)}
        aria-label={`Place 100: ${label}`}
      >
        100
      </button>
    </div>
  );
}

interface CatalogueProps {
  readonly offers: readonly Offer[];
  readonly basket: Readonly<Record<string, number>>;
  readonly put: (sku: string, quantity: number) => void;
}

function Catalogue({ offers, basket, put }: CatalogueProps) {
  const items = offers.flatMap(({ sku }) => ((basket[sku] ?? 0) > 0 ? [{ sku, quantity: basket[sku] ?? 0 }] : []));
  const total = offers.reduce((sum, { sku, price }) => sum + (basket[sku] ?? 0) * price.amount, 0);
  const currency = offers[0]?.price.currency ?? 'EUR';
  const request = { ...requestOf({ name: '', tells: '', items }, customerId.value) };
  return (
    <>
      <table class="rows catalogue">
        <thead>
          <tr>
            <th>Product</th>
            <th class="number">Price</th>
            <th class="number">In stock</th>
            <th class="number">Basket</th>
          </tr>
        </thead>
        <tbody>
          {offers.map(({ sku, name, price, stock }) => (
            <tr key={sku}>
              <td>
                {name} <code class="wide">{sku}</code>
              </td>
              <td class="number">{money(price)}</td>
              <td class="number">{'value' in stock ? inStock(stock.value) : 'unknown'}</td>
              <td class="number">
                <input
                  type="number"
                  min="0"
                  max="10000"
                  aria-label={`${name} in the basket`}
                  value={basket[sku] ?? 0}
                  onInput={({ currentTarget }) => put(sku, Number(currentTarget.value) || 0)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="basket">
        <span>
          {items.length === 0
            ? 'The basket is empty.'
            : `${items.length} products, ${money({ amount: total, currency })}`}
        </span>
        {items.length > 0 && <Place label="Basket" request={request} />}
      </div>
    </>
  );
}

const PLENTY = 1_000_000;

function inStock({ available }: Stock): string {
  return available > PLENTY ? 'plenty' : count(available);
}
