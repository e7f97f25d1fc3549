/** The one script of a reading page: theme switch, search on demand. Everything else is loaded by what needs it. */
import './theme.ts';
import './find.ts';
import './cite.ts';
import './snippet.ts';
