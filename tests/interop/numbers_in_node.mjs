// What int64 and float16 have to be in JavaScript:  node numbers_in_node.mjs INT64.onnx FLOAT16.onnx
// Both files give back what they are fed. Printed is JSON: what came back, or the error.
import * as ort from "onnxruntime-web"; // onnxruntime-node is called alike

const ways = {
  int64: {
    numbers: () => [1, 2],
    BigInts: () => [1n, 2n],
    BigInt64Array: () => BigInt64Array.from([1n, 2n ** 62n]),
    "numbers beyond 2^53": () => [2 ** 53 + 1], // no number of JavaScript
    "a fraction": () => [1.5],
    "BigInt64Array of numbers": () => BigInt64Array.from([1, 2]),
    Int32Array: () => Int32Array.from([1, 2]),
  },
  float16: {
    numbers: () => [1.5, 2],
    Float16Array: () => Float16Array.from([1.5, 2]),
    "Uint16Array of bits": () => Uint16Array.from([0x3e00, 0x4000]), // those of 1.5 and of 2
    "Uint16Array of numbers": () => Uint16Array.from([1, 2]), // taken for bits, too
    Float32Array: () => Float32Array.from([1.5, 2]),
  },
};

const files = { int64: process.argv[2], float16: process.argv[3] };
const found = {};
for (const [type, makers] of Object.entries(ways)) {
  const session = await ort.InferenceSession.create(files[type]);
  found[type] = {};
  for (const [way, make] of Object.entries(makers)) {
    try {
      const data = make();
      const { Y } = await session.run({ X: new ort.Tensor(type, data, [data.length]) });
      found[type][way] = `${Y.data.constructor.name} ${Y.data}`;
    } catch (error) {
      found[type][way] = `${error.name}: ${error.message}`;
    }
  }
}
console.log(JSON.stringify(found));
