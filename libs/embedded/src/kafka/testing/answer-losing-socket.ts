import { connect, type Socket } from 'node:net';

import type { ISocketFactory } from 'kafkajs';

const PRODUCE = 0;
const API_KEY_AT = 4;

/**
 * Sockets for kafkajs that break when the answer to a produce request arrives, this many times: the broker has written the
 * batch, and the producer can't know. It works on any broker.
 */
export function socketsThatLoseAnswers(times: number): { readonly create: ISocketFactory; lost(): number } {
  let lost = 0;
  const create: ISocketFactory = ({ host, port, onConnect }): Socket => {
    const socket = connect({ host, port }, onConnect);
    let isLosing = false;
    const write: (frame: Uint8Array, encoding?: BufferEncoding) => boolean = socket.write.bind(socket);
    // kafkajs calls it with a whole request.
    Object.assign(socket, {
      write: (frame: Uint8Array, encoding?: BufferEncoding): boolean => {
        isLosing ||= lost < times && Buffer.from(frame).readInt16BE(API_KEY_AT) === PRODUCE;
        return write(frame, encoding);
      },
    });
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string, ...args: unknown[]): boolean => {
      if (event !== 'data' || !isLosing) return emit(event, ...args);
      isLosing = false;
      lost++;
      socket.destroy(new Error('the answer is lost'));
      return true;
    };
    return socket;
  };
  return { create, lost: () => lost };
}
