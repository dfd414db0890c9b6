// Runs the quick start to its end.

import { ended } from './page.js';

await import('./main.js');
ended();
