import { packageBuild } from '@hybi/config/tsup'

export default packageBuild({ platform: 'node' })
