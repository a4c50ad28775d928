import { appBuild } from '@hybi/config/tsup'
import { pageBuild } from './page.build.ts'

export default [appBuild({ clean: false }), pageBuild]
