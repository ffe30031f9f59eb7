# Common commands; `just` lists them. `.ci/run` is what has to pass.

# List the commands.
default:
    @just --list

# Run everything that has to pass before a change lands.
ci:
    bash .ci/run

# Check formatting, lints and spelling.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    typos

# Run all tests, or those whose name contains FILTER.
test FILTER="":
    cargo test --workspace {{ FILTER }}

# Check the rules of ARCHITECTURE.md.
architecture:
    cargo test -p caspio-tests --test architecture

# Record the compile-fail messages of FOLDER again (derive, query, write); read the diff afterwards.
ui FOLDER="":
    TRYBUILD=overwrite cargo test -p caspio-tests-ui {{ FOLDER }}

# Run a benchmark: read, write, auth, emulator, export or derive.
bench NAME="":
    cargo run --release -p caspio-benches -- {{ NAME }}

# Run an example.
example NAME="list_records":
    cargo run --example {{ NAME }}

# Build the API documentation and open it.
doc:
    cargo doc --workspace --no-deps --open

# Start the emulator with sample data and a web page.
emulator LISTEN="127.0.0.1:8080":
    cargo run -p caspio-emulator -- --listen {{ LISTEN }}
