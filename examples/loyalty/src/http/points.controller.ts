import { Controller, Get, Param } from '@nestjs/common';

import { Points } from '../persistence/points.js';

@Controller('points')
export class PointsController {
  constructor(private readonly points: Points) {}

  @Get(':orderId')
  async of(@Param('orderId') orderId: string): Promise<{ points: number }> {
    return { points: await this.points.of(orderId) };
  }
}
