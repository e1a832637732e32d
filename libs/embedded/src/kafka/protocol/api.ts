import { Reader } from './reader.js';
import { nullableString, skipTaggedFields, type Type, type Wire } from './schema.js';
import { Writer } from './writer.js';

/** One kind of request and its answer, for the versions this broker speaks. */
export interface Api<Request, Response> {
  readonly key: number;
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Advertised instead of `minVersion`, where clients refuse a broker that doesn't claim an older version. */
  readonly advertisedMinVersion: number;
  readRequest(version: number, body: Reader): Request;
  writeResponse(version: number, correlationId: number, response: Response): readonly Buffer[];
}

interface ApiDescription<RR, RW, SR, SW> {
  readonly key: number;
  readonly name: string;
  readonly versions: readonly [min: number, max: number];
  readonly advertisedMinVersion?: number;
  /** First version with compact encodings and tagged fields. */
  readonly flexibleSince: number;
  readonly request: Type<RR, RW>;
  readonly response: Type<SR, SW>;
}

export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string;
}

const API_VERSIONS_KEY = 18;
const clientIdWire = nullableString.wire(0, false);

export const readRequestHeader = (frame: Reader): RequestHeader => {
  const apiKey = frame.int16();
  const apiVersion = frame.int16();
  const correlationId = frame.int32();
  return { apiKey, apiVersion, correlationId, clientId: clientIdWire?.read(frame) ?? '' };
};

export const api = <RR, RW, SR, SW>(description: ApiDescription<RR, RW, SR, SW>): Api<RR, SW> => {
  const { key, name, flexibleSince, request, response } = description;
  const [minVersion, maxVersion] = description.versions;
  const compiled = new Map<number, { readonly request: Wire<RR, RW>; readonly response: Wire<SR, SW> }>();

  const wiresOf = (version: number): { readonly request: Wire<RR, RW>; readonly response: Wire<SR, SW> } => {
    const known = compiled.get(version);
    if (known !== undefined) return known;
    const flexible = version >= flexibleSince;
    const requestWire = request.wire(version, flexible);
    const responseWire = response.wire(version, flexible);
    if (requestWire === undefined || responseWire === undefined) throw new Error(`${name} has no version ${version}`);
    const wires = { request: requestWire, response: responseWire };
    compiled.set(version, wires);
    return wires;
  };

  return {
    key,
    name,
    minVersion,
    maxVersion,
    advertisedMinVersion: description.advertisedMinVersion ?? minVersion,
    readRequest: (version, body) => {
      if (version >= flexibleSince) skipTaggedFields(body);
      return wiresOf(version).request.read(body);
    },
    writeResponse: (version, correlationId, value) => {
      const writer = new Writer();
      writer.int32(correlationId);
      // A client that doesn't know our versions yet must be able to read this one answer: it never has a tagged header.
      if (version >= flexibleSince && key !== API_VERSIONS_KEY) writer.unsignedVarint(0);
      wiresOf(version).response.write(writer, value);
      return writer.toFrame();
    },
  };
};
