"""Score the rows of Parquet files with DuckDB: score_with_duckdb.py MODEL ROWS SCORED."""

import sys

import duckdb
import pyarrow
from score_on_spark import open_session, score_batch

model, path, target = sys.argv[1:]
session = open_session(model, threads=0)  # 0: as many as there are cores
rows = duckdb.connect().read_parquet(path).to_arrow_reader(10_000)  # while another one writes
scored = (score_batch(session, batch) for batch in rows)
schema = score_batch(session, pyarrow.RecordBatch.from_pylist([], rows.schema)).schema
duckdb.from_arrow(pyarrow.RecordBatchReader.from_batches(schema, scored)).write_parquet(target)
