"""Score the rows of Parquet files with Dask: score_with_dask.py MODEL ROWS SCORED."""

import sys

import dask.dataframe
import pyarrow
from score_on_spark import open_session, score_batch


def score_part(frame, model):
    batch = pyarrow.RecordBatch.from_pandas(frame, preserve_index=False)
    return score_batch(open_session(model), batch).to_pandas()


if __name__ == "__main__":
    model, path, target = sys.argv[1:]
    rows = dask.dataframe.read_parquet(path)  # a part for each file
    rows.map_partitions(score_part, model).to_parquet(target, write_index=False)
