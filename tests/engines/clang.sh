#!/bin/sh
# tinygrad calls its compiler by one word; the package ziglang carries clang, called by two.
exec "$ZIG" clang "$@"
