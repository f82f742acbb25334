/** What to tell a person whose MQTT port can't be opened: which, why, and what to do. Other errors are passed on. */
export function portError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new Error(
      `MQTT port ${port} is in use by another program (perhaps a broker, or a station that still runs). Stop it, or set WANGSHAN_MQTT_PORT to a free port (0 = any free port).`,
      { cause: error },
    );
  if (code === 'EACCES')
    return new Error(`MQTT port ${port} needs more rights than this process has. Set WANGSHAN_MQTT_PORT to a port above 1023.`, {
      cause: error,
    });
  return error;
}
