import { serviceAddresses } from './services.js';

const urls = (settings: Partial<Parameters<typeof serviceAddresses>[0]>) =>
  Object.fromEntries(
    serviceAddresses({ services: [], urls: [], env: {}, ...settings }).map(({ service, url }) => [service, url]),
  );

describe('where the services are', () => {
  it('is on this machine, on the ports of npm start', () => {
    expect(urls({})).toEqual({
      order: 'http://127.0.0.1:3001',
      payment: 'http://127.0.0.1:3002',
      inventory: 'http://127.0.0.1:3003',
      shipping: 'http://127.0.0.1:3004',
    });
  });

  it('comes from --url before <SERVICE>_URL before <SERVICE>_PORT', () => {
    const env = {
      ORDER_URL: 'https://order.example/',
      PAYMENT_URL: 'http://p:1',
      PAYMENT_PORT: '9',
      SHIPPING_PORT: '8',
    };
    expect(urls({ env, urls: ['order=http://10.0.0.7:3001/waybill/'] })).toEqual({
      order: 'http://10.0.0.7:3001/waybill',
      payment: 'http://p:1',
      inventory: 'http://127.0.0.1:3003',
      shipping: 'http://127.0.0.1:8',
    });
  });

  it('is asked only of the services that were chosen, however they were listed', () => {
    expect(Object.keys(urls({ services: ['shipping,order', 'order'] }))).toEqual(['order', 'shipping']);
  });

  it('is refused where it is not a URL, naming the setting', () => {
    expect(() => urls({ env: { ORDER_URL: 'order:3001' } })).toThrow('ORDER_URL is "order:3001"');
    expect(() => urls({ urls: ['order=nowhere'] })).toThrow('--url order');
    expect(() => urls({ services: ['toString'] })).toThrow('There is no service "toString"');
  });

  it.each([
    'http://ada:s3cret@order.example',
    'ftp://ada:s3cret@order.example',
    'http://ada:s3cr/et@order.example:x',
    'ada:s3cret@order.example',
    'http://s3cret@order.example',
  ])('is refused with credentials in it, which are never shown: %s', (url) => {
    for (const settings of [{ env: { ORDER_URL: url } }, { urls: [`order=${url}`] }, { urls: [url] }]) {
      let message = '';
      try {
        urls(settings);
      } catch (error) {
        message = error instanceof Error ? error.message : '';
      }
      expect(message).toMatch(/ORDER_URL|--url/);
      expect(message).not.toMatch(/s3cr|et@/);
    }
  });
});
