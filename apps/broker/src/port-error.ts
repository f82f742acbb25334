/** What to tell a person whose MQTT port can't be opened: which, why, and what to do. Other errors are passed on. */
export function portError(error: unknown, ports: { mqtt: number; mqtts: number | undefined }): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const port = 'port' in error && typeof error.port === 'number' ? error.port : ports.mqtt;
  const [name, variable] = port === ports.mqtts && port !== ports.mqtt ? ['MQTTS', 'WANGSHAN_MQTTS_PORT'] : ['MQTT', 'WANGSHAN_MQTT_PORT'];
  if (error.code === 'EADDRINUSE')
    return new Error(
      `${name} port ${port} is in use by another program (perhaps a broker, or a station that still runs). Stop it, or set ${variable} to a free port (0 = any free port).`,
      { cause: error },
    );
  if (error.code === 'EACCES')
    return new Error(`${name} port ${port} needs more rights than this process has. Set ${variable} to a port above 1023.`, {
      cause: error,
    });
  return error;
}
