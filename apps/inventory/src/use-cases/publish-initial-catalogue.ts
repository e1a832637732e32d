import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';

import { INITIAL_CATALOGUE } from '../domain/initial-catalogue.js';
import { PublishCatalogue } from './publish-catalogue.js';

/** Opens the shop: before the first command is handled, every product of the catalogue is there. */
@Injectable()
export class PublishInitialCatalogue implements OnApplicationBootstrap {
  constructor(private readonly catalogue: PublishCatalogue) {}

  onApplicationBootstrap(): Promise<void> {
    return this.catalogue.execute(INITIAL_CATALOGUE);
  }
}
