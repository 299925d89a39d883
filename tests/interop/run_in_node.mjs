// Run an ONNX file in Node:  npm install onnxruntime-web
//                            node run_in_node.mjs MODEL < FEED
// FEED is JSON, rows of numbers for each input by its name: {"X": [[5.1, 3.5, 1.4, 0.2]]}
// Printed is JSON, too: the shape and the numbers of each output.
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web"; // WebAssembly; onnxruntime-node is called alike

const feed = JSON.parse(readFileSync(0, "utf8")); // 0 is standard input

// A tensor is its numbers in one long row, and its shape; "float32" rounds JavaScript's float64.
function tensor(rows) {
  const shape = [];
  for (let part = rows; Array.isArray(part); part = part[0]) {
    shape.push(part.length);
  }
  return new ort.Tensor("float32", rows.flat(Infinity), shape);
}

try {
  const session = await ort.InferenceSession.create(process.argv[2]);
  const tensors = {};
  for (const name of session.inputNames) {
    tensors[name] = tensor(feed[name]);
  }
  const outputs = await session.run(tensors);
  const answer = session.outputNames.map((name) => ({
    shape: outputs[name].dims,
    numbers: Array.from(outputs[name].data, Number), // int64 comes as BigInt, which JSON refuses
  }));
  console.log(JSON.stringify(answer));
} catch (error) {
  console.error(error.message); // uncaught, Node would print the minified library with it
  process.exitCode = 1;
}
