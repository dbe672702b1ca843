"""`rwlock`: many readers and a few writers of one value, for which Python has no lock."""

UNFIT = {
    "OnLoop": "asyncio has no lock for readers and writers",
    "OnThreads": "threading has no lock for readers and writers",
}
