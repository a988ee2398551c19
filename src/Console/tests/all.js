// What needs no browser. Bundled by vite and run by node's own test runner: npm test.
import './diff.js';
import './filters.js';
import './rules.js';
import './settings.js';
