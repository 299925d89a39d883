// Run an ONNX file in Node:  npm install onnxruntime-web
//                            node run_in_node.mjs MODEL < ROWS
// ROWS is JSON, a list of rows of numbers. Printed is JSON, too: every output's shape and numbers.
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-web"; // WebAssembly; onnxruntime-node is called alike

const rows = JSON.parse(readFileSync(0, "utf8")); // 0 is standard input
try {
  const session = await ort.InferenceSession.create(process.argv[2]);
  // A tensor is its numbers in one long row, and its shape; "float32" rounds JavaScript's float64.
  const X = new ort.Tensor("float32", rows.flat(), [rows.length, rows[0].length]);
  const outputs = await session.run({ [session.inputNames[0]]: X });
  const answer = session.outputNames.map((name) => ({
    shape: outputs[name].dims,
    numbers: Array.from(outputs[name].data, Number), // int64 comes as BigInt, which JSON refuses
  }));
  console.log(JSON.stringify(answer));
} catch (error) {
  console.error(error.message); // uncaught, Node would print the minified library with it
  process.exitCode = 1;
}
