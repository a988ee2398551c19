import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Nothing may be inlined as a script, and nothing preloaded by one: the Content-Security-Policy lets only files of our own run.
export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 800 },
  server: { proxy: { '/api': 'http://127.0.0.1:8053', '/openapi': 'http://127.0.0.1:8053', '/readyz': 'http://127.0.0.1:8053' } },
});
