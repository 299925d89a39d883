// Answer for one row, as answer.py does:  node answer.mjs model.onnx 5.1 3.5 1.4 0.2
import { readSync } from "node:fs";
import * as ort from "onnxruntime-web";

const [path, ...words] = process.argv.slice(2);
const row = new ort.Tensor("float32", words.map(Number), [1, words.length]);
const session = await ort.InferenceSession.create(path);
const outputs = await session.run({ X: row });
console.log(JSON.stringify(Array.from(outputs[session.outputNames[0]].data)));

readSync(0, Buffer.alloc(1)); // waits for a line
const seconds = [];
for (let i = 0; i < 5; i++) {
  const begin = performance.now();
  await ort.InferenceSession.create(path);
  seconds.push((performance.now() - begin) / 1000);
}
console.log(Math.min(...seconds));
