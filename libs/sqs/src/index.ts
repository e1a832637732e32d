export { sqsBroker } from './sqs-broker.js';
export type { SqsOptions } from './sqs-options.js';
export { sqsOptions, sqsSettingFaults, sqsSettings, withSqsLimits } from './sqs-settings.js';
