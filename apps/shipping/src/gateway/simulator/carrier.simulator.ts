import { setTimeout as delay } from 'node:timers/promises';

import type { OnApplicationShutdown } from '@nestjs/common';
import { CallBatch, Ledger, ProviderFaults } from '@waybill/simulator';

import type { CancellationOutcome } from '../../domain/cancel-shipment.js';
import type { BookingOutcome } from '../../domain/create-shipment.js';
import { CarrierError } from '../carrier.errors.js';
import type { BookingRequest, CancellationRequest, Carrier } from '../carrier.js';
import { createLedger } from './sql/create-ledger.js';
import { recordBookings } from './sql/record-bookings.js';
import { recordCancellations } from './sql/record-cancellations.js';
import { scriptOf } from './test-addresses.js';

interface BookingRow {
  readonly key: string;
  readonly status: 'open' | 'booked' | 'refused' | 'cancelled' | 'voided';
  readonly calls: number;
}

interface CancellationRow extends Omit<BookingRow, 'calls'> {
  readonly failing: boolean;
}

/** A carrier whose behaviour the postal code and its table of faults script, with durable books of its own. */
export class CarrierSimulator implements Carrier, OnApplicationShutdown {
  readonly #ledger: Ledger;
  readonly #faults: ProviderFaults;
  readonly #bookings: CallBatch<BookingRequest, BookingRow>;
  readonly #cancellations: CallBatch<CancellationRequest, CancellationRow>;

  private constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#faults = new ProviderFaults(ledger);
    this.#bookings = new CallBatch(
      ({ idempotencyKey }) => idempotencyKey,
      (requests) => this.#recordBookings(requests),
    );
    this.#cancellations = new CallBatch(
      ({ bookingKey }) => bookingKey,
      (requests) => this.#recordCancellations(requests),
    );
  }

  static async open(serverUrl: string, database: string): Promise<CarrierSimulator> {
    return new CarrierSimulator(await Ledger.open(serverUrl, database, createLedger));
  }

  async book(request: BookingRequest, signal: AbortSignal): Promise<BookingOutcome> {
    const script = scriptOf(request.address.postalCode);
    if (script.delayMs !== undefined) await delay(script.delayMs, undefined, { signal });
    const failing = await this.#faults.strike(signal);
    if (failing === 'before') throw new CarrierError('booking', request.idempotencyKey);
    signal.throwIfAborted();
    const { status, calls } = await this.#bookings.call(request);
    if (failing === 'after') throw new CarrierError('booking', request.idempotencyKey);
    if (status === 'voided' || status === 'cancelled') {
      return { kind: 'refused', code: 'CANCELLED', message: 'The booking was called off' };
    }
    if (status === 'open' || calls <= (script.failuresAfter ?? 0)) {
      throw new CarrierError('booking', request.idempotencyKey);
    }
    if (status === 'booked') return { kind: 'booked', trackingNumber: `WB-${request.idempotencyKey}` };
    return { kind: 'refused', code: 'CARRIER_REFUSED', message: 'The carrier does not deliver to this address' };
  }

  async cancel(request: CancellationRequest, signal: AbortSignal): Promise<CancellationOutcome> {
    const struck = await this.#faults.strike(signal);
    if (struck === 'before') throw new CarrierError('cancellation', request.bookingKey);
    signal.throwIfAborted();
    const { status, failing } = await this.#cancellations.call(request);
    if (struck === 'after') throw new CarrierError('cancellation', request.bookingKey);
    if (status !== 'booked') return { kind: 'cancelled' };
    if (failing) throw new CarrierError('cancellation', request.bookingKey);
    return { kind: 'refused', code: 'CANCELLATION_REFUSED', message: 'The carrier refuses to cancel this shipment' };
  }

  onApplicationShutdown(): Promise<void> {
    return this.#ledger.close();
  }

  async #recordBookings(requests: readonly BookingRequest[]): Promise<ReadonlyMap<string, BookingRow>> {
    const scripts = requests.map(({ address }) => scriptOf(address.postalCode));
    const rows = await this.#ledger.query<BookingRow>(recordBookings, [
      requests.map(({ idempotencyKey }) => idempotencyKey),
      requests.map(({ items }) => JSON.stringify(items)),
      scripts.map(({ refuses }) => (refuses === true ? 'refused' : 'booked')),
      scripts.map(({ failuresBefore }) => failuresBefore ?? 0),
      scripts.map(({ cancelFailures }) => cancelFailures ?? 0),
      scripts.map(({ cancelRefusals }) => cancelRefusals ?? 0),
      requests.map(({ reference }) => reference),
    ]);
    return new Map(rows.map((row) => [row.key, row]));
  }

  async #recordCancellations(requests: readonly CancellationRequest[]): Promise<ReadonlyMap<string, CancellationRow>> {
    const keys = requests.map(({ bookingKey }) => bookingKey);
    const rows = await this.#ledger.query<CancellationRow>(recordCancellations, [keys]);
    return new Map(rows.map((row) => [row.key, row]));
  }
}
