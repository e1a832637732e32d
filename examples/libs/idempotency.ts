import { Body, Controller, Post, Res } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import { IsText } from '@waybill/http';
import { Idempotent, RequestTransaction } from '@waybill/idempotency';
import type { Response } from 'express';

const insertNote = { name: 'note_insert', text: 'INSERT INTO note (text) VALUES ($1) RETURNING id' };

class NoteBody {
  @IsText() author: string;
  @IsText() text: string;
}

// #region use
@Controller('notes')
export class NotesController {
  @Post()
  @Idempotent({ scope: ({ body }) => body?.author }) // before validation: what is no string counts as no scope
  async write(
    @Body() { text }: NoteBody,
    @RequestTransaction() tx: Transaction,
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ id: string }> {
    const [note] = await tx.query<{ id: string }>(insertNote, [text]); // all writes in tx, with the stored answer
    response.setHeader('Location', `/notes/${note?.id ?? ''}`);
    return { id: note?.id ?? '' };
  }
}
// #endregion
