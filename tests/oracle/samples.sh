#!/bin/sh
# Makes the samples anew: generator, then the figures they must give, by an independent program.
# Run from the repository's root; only after a change of the generator.
set -eu
cargo build --release --example generate
make() {
    scheme=$1 seed=$2
    rm -rf "samples/$scheme/inbox" "samples/$scheme/truth"
    target/release/examples/generate --out "samples/$scheme" --scheme "$scheme" --seed "$seed" --schools 14 --size 0.45
    python3 tests/oracle/summary.py "samples/$scheme" "$scheme" 2025-10 > "samples/$scheme/expected.json"
}
make rural-uplift 2018
make county-backbone 2044
