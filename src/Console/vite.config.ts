import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Cloudscape's styles carry eight fonts in themselves. As files, a browser loads only those that the page uses, and keeps them over upgrades.
const fontsAsFiles: Plugin = {
  name: 'fonts-as-files',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
      file.source = String(file.source).replace(/url\(data:font\/woff2;base64,([^)]+)\)/g, (_, text: string) => {
        const font = this.emitFile({ type: 'asset', name: 'font.woff2', source: Buffer.from(text, 'base64') });
        return `url(/${this.getFileName(font)})`;
      });
    }
  },
};

// Nothing may be inlined as a script, and nothing preloaded by one: the Content-Security-Policy lets only files of our own run.
export default defineConfig({
  plugins: [react(), fontsAsFiles],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 800 },
  server: { proxy: { '/api': 'http://127.0.0.1:8053', '/openapi': 'http://127.0.0.1:8053', '/readyz': 'http://127.0.0.1:8053' } },
});
