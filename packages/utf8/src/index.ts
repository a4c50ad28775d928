export { isUtf8 } from './is-utf8.ts'
export { Utf8Validator } from './validator.ts'
