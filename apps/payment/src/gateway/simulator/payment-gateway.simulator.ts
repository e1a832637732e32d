import { setTimeout as delay } from 'node:timers/promises';

import type { OnApplicationShutdown } from '@nestjs/common';
import { CallBatch, Ledger, ProviderFaults } from '@waybill/simulator';

import type { DeclineCode } from '../../domain/payment.js';
import type { ChargeOutcome } from '../../domain/process-payment.js';
import type { RefundOutcome } from '../../domain/refund-payment.js';
import { PaymentGatewayError } from '../payment-gateway.errors.js';
import type { ChargeRequest, PaymentGateway, RefundRequest } from '../payment-gateway.js';
import { createLedger } from './sql/create-ledger.js';
import { recordCharges } from './sql/record-charges.js';
import { recordRefunds } from './sql/record-refunds.js';
import { scriptOf } from './test-cards.js';

interface ChargeRow {
  readonly key: string;
  readonly status: 'open' | 'charged' | 'declined' | 'voided';
  readonly calls: number;
  readonly declineCode: DeclineCode | null;
  readonly declineMessage: string | null;
}

interface RefundRow {
  readonly key: string;
  /** `null`: there was nothing to refund. */
  readonly status: 'open' | 'refunded' | 'refused' | null;
  readonly amount: number | null;
}

/** A payment provider whose behaviour the payment method and its table of faults script, with durable books of its own. */
export class PaymentGatewaySimulator implements PaymentGateway, OnApplicationShutdown {
  readonly #ledger: Ledger;
  readonly #faults: ProviderFaults;
  readonly #charges: CallBatch<ChargeRequest, ChargeRow>;
  readonly #refunds: CallBatch<RefundRequest, RefundRow>;

  private constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#faults = new ProviderFaults(ledger);
    this.#charges = new CallBatch(
      ({ idempotencyKey }) => idempotencyKey,
      (requests) => this.#recordCharges(requests),
    );
    this.#refunds = new CallBatch(
      ({ chargeKey }) => chargeKey,
      (requests) => this.#recordRefunds(requests),
    );
  }

  static async open(serverUrl: string, database: string): Promise<PaymentGatewaySimulator> {
    return new PaymentGatewaySimulator(await Ledger.open(serverUrl, database, createLedger));
  }

  async charge(request: ChargeRequest, signal: AbortSignal): Promise<ChargeOutcome> {
    const script = scriptOf(request.paymentMethod);
    if (script.delayMs !== undefined) await delay(script.delayMs, undefined, { signal });
    const failing = await this.#faults.strike(signal);
    if (failing === 'before') throw new PaymentGatewayError('charge', request.idempotencyKey);
    signal.throwIfAborted();
    const row = await this.#charges.call(request);
    if (failing === 'after') throw new PaymentGatewayError('charge', request.idempotencyKey);
    if (row.status === 'voided') return { kind: 'declined', code: 'CANCELLED', message: 'The charge was called off' };
    if (row.status === 'open' || row.calls <= (script.failuresAfter ?? 0)) {
      throw new PaymentGatewayError('charge', request.idempotencyKey);
    }
    if (row.status === 'charged') return { kind: 'charged', chargeId: `ch_${row.key}` };
    return { kind: 'declined', code: row.declineCode ?? 'PAYMENT_DECLINED', message: row.declineMessage ?? '' };
  }

  async refund(request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome> {
    const failing = await this.#faults.strike(signal);
    if (failing === 'before') throw new PaymentGatewayError('refund', request.chargeKey);
    signal.throwIfAborted();
    const { status, amount } = await this.#refunds.call(request);
    if (status === 'open' || failing === 'after') throw new PaymentGatewayError('refund', request.chargeKey);
    if (status === null) return { kind: 'nothing-charged' };
    if (status === 'refunded') return { kind: 'refunded', amount: amount ?? 0 };
    return { kind: 'refused', code: 'REFUND_REFUSED', message: 'The provider refuses to refund this charge' };
  }

  onApplicationShutdown(): Promise<void> {
    return this.#ledger.close();
  }

  async #recordCharges(requests: readonly ChargeRequest[]): Promise<ReadonlyMap<string, ChargeRow>> {
    const scripts = requests.map(({ paymentMethod }) => scriptOf(paymentMethod));
    const rows = await this.#ledger.query<ChargeRow>(recordCharges, [
      requests.map(({ idempotencyKey }) => idempotencyKey),
      requests.map(({ paymentMethod }) => paymentMethod),
      requests.map(({ amount }) => amount.amount),
      requests.map(({ amount }) => amount.currency),
      scripts.map(({ decline }) => (decline ? 'declined' : 'charged')),
      scripts.map(({ decline }) => decline?.code ?? null),
      scripts.map(({ decline }) => decline?.message ?? null),
      scripts.map(({ failuresBefore }) => failuresBefore ?? 0),
      scripts.map(({ refundFailures }) => refundFailures ?? 0),
      scripts.map(({ refundRefusals }) => refundRefusals ?? 0),
      requests.map(({ reference }) => reference),
    ]);
    return new Map(rows.map((row) => [row.key, row]));
  }

  async #recordRefunds(requests: readonly RefundRequest[]): Promise<ReadonlyMap<string, RefundRow>> {
    const rows = await this.#ledger.query<RefundRow>(recordRefunds, [requests.map(({ chargeKey }) => chargeKey)]);
    return new Map(rows.map((row) => [row.key, row]));
  }
}
