import { isUtf8, Utf8Validator } from '@hybi/utf8'

console.log(isUtf8(Uint8Array.of(0xe2, 0x82, 0xac))) // true

// The same euro sign, in two parts of a stream.
const validator = new Utf8Validator()
console.log(validator.push(Uint8Array.of(0xe2, 0x82))) // true
console.log(validator.complete) // false
console.log(validator.push(Uint8Array.of(0xac))) // true
console.log(validator.complete) // true

// ED A0 begins a surrogate: no third byte could save it, so the second is refused.
console.log(validator.push(Uint8Array.of(0x41, 0xed))) // true
console.log(validator.push(Uint8Array.of(0xa0))) // false
