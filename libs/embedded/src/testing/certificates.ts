import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files; `chain` is key and certificate in one, as Kafka takes them. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly chain: string;
}

/** An authority that nobody knows, made by openssl in a folder of a test's own. */
export class TestAuthority {
  /** Path of its certificate. */
  readonly ca: string;
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.ca = this.#path(`${name}.crt`);
    const made = `-keyout ${this.#path(`${name}.key`)} -out ${this.ca}`;
    this.#openssl(`req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name} ${made}`);
  }

  /** A certificate for whoever has one of these names: `DNS:localhost`, `IP:127.0.0.1`. */
  sign(name: string, names: readonly string[]): Certificate {
    const [key, cert, chain] = [this.#path(`${name}.key`), this.#path(`${name}.crt`), this.#path(`${name}.pem`)];
    const [request, extensions] = [this.#path(`${name}.csr`), this.#path(`${name}.ext`)];
    writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`);
    this.#openssl(`req -new -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${key} -out ${request}`);
    const authority = `-CA ${this.ca} -CAkey ${this.#path(`${this.#name}.key`)} -CAcreateserial`;
    this.#openssl(`x509 -req -days 2 -in ${request} ${authority} -extfile ${extensions} -out ${cert}`);
    writeFileSync(chain, readFileSync(key, 'utf8') + readFileSync(cert, 'utf8'));
    return { key, cert, chain };
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }

  #openssl(command: string): void {
    execFileSync('openssl', command.split(' '), { stdio: 'pipe' });
  }
}
