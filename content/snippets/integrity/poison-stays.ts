/** Poison stays in the line until somebody writes the whole of it. */
import { TdxPlatform } from 'unmapped';

const platform = new TdxPlatform({ lines: 1 });
const td = platform.td('guest');
td.accept(0); // → TDX_SUCCESS
platform.host_write(0, 'x'); // → 0
td.read(0); // → #MC in td: the TD is fatal

// The guest is gone. The host gets the page back, and with it the poison.
platform.host_read(0); // → #MC in host

// An ordinary store reads the line first, and takes the poison back with it.
platform.host_write(0, 'new'); // → 0
platform.host_read(0); // → #MC in host

// A write of all 64 bytes at once reads nothing.
platform.movdir64b(0, 'new'); // → 0
platform.host_read(0); // → 'new'
