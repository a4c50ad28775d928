import { appBuild } from '@hybi/config/tsup'

/** The script and the style of the HTML report, as `dist/page.js` and `dist/page.css`: they are written into each report. */
export const pageBuild = appBuild({
  entry: { page: 'src/page/main.ts' },
  format: ['iife'],
  platform: 'browser',
  minify: true,
  sourcemap: false,
  clean: false,
  outExtension: () => ({ js: '.js' }),
})
