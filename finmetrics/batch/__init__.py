"""The nightly job: sources in, a store and published tables out; incremental, and safe to kill."""
