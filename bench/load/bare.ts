import { createServer, type AddressInfo } from 'node:net';
import { Aedes } from 'aedes';

/** What the station is measured against: the same broker library with nothing behind it. No authentication, no storage. */
const aedes = await Aedes.createBroker();
const server = createServer({ noDelay: true }, (socket) => {
  aedes.handle(socket);
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
