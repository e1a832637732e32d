import { Injectable } from '@nestjs/common';
import { ConflictError } from '@waybill/http';
import { beginProviderFault, endProviderFault, listProviderFaults } from '@waybill/simulator';
import type { ProviderFaultState } from '@waybill/simulator';

import { Databases } from '../databases/databases.js';
import type { DatabaseName } from '../databases/databases.js';
import type { Dial, DialHolder, Settings } from './dial.js';

const PROVIDERS = { payments: 'payment_provider', carrier: 'carrier' } as const satisfies Record<string, DatabaseName>;
type Provider = keyof typeof PROVIDERS;

const KINDS = { 'slow-provider': 'slow', 'failing-provider': 'failing' } as const;
type Name = keyof typeof KINDS;

const provider = ['payments', 'carrier'] as const satisfies readonly Provider[];
const CHOICES: Readonly<Record<Name, Dial['choices']>> = {
  'slow-provider': { provider, share: ['50', '100', '10'], delay: ['2000', '500', '10000'] },
  'failing-provider': { provider, share: ['50', '100', '10'], moment: ['before', 'after'] },
};
const NAMES = ['slow-provider', 'failing-provider'] as const satisfies readonly Name[];

/** The simulated payment provider and carrier: a row in the provider's own books says what is wrong with it, and until when. */
@Injectable()
export class ProviderDials implements DialHolder {
  constructor(private readonly databases: Databases) {}

  async dials(): Promise<readonly Dial[]> {
    let unavailable: string | null = null;
    const states = await Promise.all(provider.map((each) => this.#statesOf(each))).catch((error: unknown) => {
      unavailable = `The providers' books can't be read: ${error instanceof Error ? error.message : String(error)}`;
      return [];
    });
    return NAMES.map((name) => {
      const rows = states.flat().filter(({ kind }) => kind === KINDS[name]);
      const last = rows.toSorted((a, b) => b.began.getTime() - a.began.getTime())[0];
      const active = last?.active === true ? activeOf(name, last) : null;
      return { name, kind: 'held', choices: CHOICES[name], unavailable, active, did: last?.struck ?? 0 };
    });
  }

  async begin(name: string, settings: Settings, seconds: number): Promise<void> {
    const kind = KINDS[name as Name];
    const { share, delay = '0', moment = 'before', provider: chosen } = settings;
    const values = [kind, Number(share), Number(delay), moment, seconds];
    const begun = await this.databases.query(PROVIDERS[chosen as Provider], beginProviderFault, values);
    if (begun.length === 0) throw new ConflictError('DIAL_ACTIVE', 'It is active already: end it first.');
  }

  async end(name: string): Promise<void> {
    const values = [KINDS[name as Name]];
    await Promise.all(provider.map((each) => this.databases.query(PROVIDERS[each], endProviderFault, values)));
  }

  async #statesOf(of: Provider): Promise<readonly (ProviderFaultState & { readonly of: Provider })[]> {
    const rows = await this.databases.query<ProviderFaultState>(PROVIDERS[of], listProviderFaults);
    return rows.map((row) => ({ ...row, of }));
  }
}

function activeOf(
  name: Name,
  { of, share, delayMs, moment, began, until }: ProviderFaultState & { readonly of: Provider },
): Dial['active'] {
  const more: Settings = name === 'slow-provider' ? { delay: String(delayMs) } : { moment };
  return {
    settings: { provider: of, share: String(share), ...more },
    since: began.toISOString(),
    until: until.toISOString(),
  };
}
