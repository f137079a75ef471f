"""Work done once, before the server accepts requests."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import streamlit as st
from starlette.concurrency import run_in_threadpool

from pages.server.compression import CompressedFiles


def warm_up(files: CompressedFiles) -> Callable[[st.App], AbstractAsyncContextManager[None]]:
    """Pay for imports, first calls and the fits of front page and lessons before visitors come.

    Parameters
    ----------
    files
        The files to compress in advance.

    Returns
    -------
    Callable
        Lifespan of a Streamlit app: a context that is entered before the server accepts requests.
    """

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        from pages.parts.lesson import course
        from pages.parts.published import published

        published()
        course.warm_up()
        await run_in_threadpool(files.warm_up)

        # Everything loaded by now stays forever, so no garbage collection need look at it again.
        gc.collect()
        gc.freeze()
        # A full collection walks through all sessions and delays every answer, by about 50 ms in a
        # class of a hundred. It finds little to collect, so it can run a third as often.
        gc.set_threshold(700, 10, 30)
        yield

    return lifespan
