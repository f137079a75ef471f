"""What is done once, before the server serves."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import streamlit as st
from starlette.concurrency import run_in_threadpool

from pages.server.compression import CompressedFiles


def warm_up(files: CompressedFiles) -> Callable[[st.App], AbstractAsyncContextManager[None]]:
    """Pay for imports, first calls and the front page's fits before the first visitor does."""

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        from pages.parts.published import published

        published()
        await run_in_threadpool(files.warm_up)

        # What is loaded by now stays for good: no garbage collection need look at it again.
        gc.collect()
        gc.freeze()
        # A full collection walks through all sessions and holds up every answer, in a class of a
        # hundred for some 50 ms. Little is left for it, so it may come a third as often.
        gc.set_threshold(700, 10, 30)
        yield

    return lifespan
