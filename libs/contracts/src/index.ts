export { allContracts } from './all-contracts.js';
export { CataloguePublished, ProductListed } from './catalogue.events.js';
export { InvalidMessageDataError } from './contracts.errors.js';
export { defineCommand, defineEvent } from './define-message.js';
export { compareContracts, releasedForm } from './evolution/compare-contracts.js';
export type { ContractBreak, ReleasedContract } from './evolution/compare-contracts.js';
export { CommitReservation, PublishCatalogue, ReleaseStock, ReserveStock } from './inventory.commands.js';
export { StockCommitted, StockRejected, StockReleased, StockReserved } from './inventory.events.js';
export { ErasePayment, ProcessPayment, RefundPayment } from './payment.commands.js';
export { PaymentCharged, PaymentDeclined, PaymentErased, PaymentRefunded, RefundFailed } from './payment.events.js';
export { PERSONAL } from './personal.js';
export { SERVICE_SETTINGS } from './service-settings.js';
export { SERVICE_NAMES, services } from './services.js';
export type { ServiceName } from './services.js';
export type { Address, Money, SkuQuantity } from './shared-schemas.js';
export { CancelShipment, CreateShipment, EraseShipment } from './shipping.commands.js';
export {
  CancelShipmentFailed,
  ShipmentCancelled,
  ShipmentCreated,
  ShipmentErased,
  ShipmentRefused,
} from './shipping.events.js';
export { TOPIC, topics } from './topics.js';
