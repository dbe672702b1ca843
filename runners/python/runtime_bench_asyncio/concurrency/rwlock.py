"""`rwlock`: many readers and a few writers of one value, for which Python has no lock."""

UNFIT = {
    "OnLoop": "asyncio has no reader-writer lock",
    "OnThreads": "threading has no reader-writer lock",
}
