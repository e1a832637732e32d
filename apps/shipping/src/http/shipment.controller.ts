import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { ListShipments } from '../use-cases/list-shipments.js';
import { ListShipmentsQuery } from './list-shipments.query.js';
import { ShipmentResponse, toShipmentResponse } from './shipment.response.js';

@ApiTags('shipments')
@Controller('shipments')
export class ShipmentController {
  constructor(private readonly shipments: ListShipments) {}

  @Get()
  @ApiOperation({ summary: 'The shipments of an order' })
  @ApiOkResponse({ type: [ShipmentResponse] })
  async list(@Query() { orderId }: ListShipmentsQuery): Promise<readonly ShipmentResponse[]> {
    return (await this.shipments.ofOrder(orderId)).map(toShipmentResponse);
  }
}
