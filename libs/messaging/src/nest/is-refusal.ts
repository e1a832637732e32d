import { HttpException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';

const SERVER_ERROR = 500;

/**
 * Whether a guard or a pipe says no, in Nest's words for that. Anything else that it throws, a service that it asks and that is away, or its own
 * bug, says nothing about the message: it goes by the retry policy, as an error of the handler does.
 */
export function isRefusal(error: unknown): boolean {
  if (error instanceof HttpException) return error.getStatus() < SERVER_ERROR;
  return error instanceof RpcException;
}
