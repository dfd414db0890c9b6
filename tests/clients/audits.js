// Audits the server whose address is given, and prints what each audit found.

import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const told = results.map(({ id, name, status, reason }) => ({ id, name, status, reason }));
console.log(JSON.stringify(told));
