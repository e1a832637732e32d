import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A product as queries read it. Written by the statements in `sql/`. */
@Entity('product')
export class ProductEntity {
  @PrimaryColumn('text')
  sku: string;

  @Column('text')
  name: string;

  /** Minor units; within 2^53. */
  @Column('bigint', { transformer: { from: Number, to: (value: number) => value } })
  price: number;

  @Column('text')
  currency: string;
}
