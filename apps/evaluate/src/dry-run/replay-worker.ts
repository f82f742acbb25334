// Entry of the thread that judges histories for dry runs.
import { portOfThread, serveReplays } from './replay-thread.js';

serveReplays(portOfThread());
