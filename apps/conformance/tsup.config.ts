import { appBuild } from '@hybi/config/tsup'

export default appBuild()
