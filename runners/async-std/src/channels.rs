//! The channels that async-std re-exports: async-channel in an older version than smol's.

use runtime_bench_sync::async_channel;

async_channel!(
    /// async-channel in the version that async-std re-exports.
    AsyncStd,
    async_std::channel,
    async_std::channel::bounded
);
async_channel!(
    /// The same without a bound.
    AsyncStdUnbounded,
    async_std::channel,
    |_| async_std::channel::unbounded()
);
