"""Threads, progress, Ctrl-C; exceptions in callbacks come out where the call was made."""

import os
import signal
import threading
import time

import numpy as np
import pytest
import sipas
from sipas import _context

N = 3_000_000


def design(**keywords):
    return sipas.Design(np.ones(N), strata=np.arange(N, dtype=np.int32) % 50, **keywords)


def test_progress_is_told():
    told = []
    table = design(context=sipas.Context(progress=lambda *now: told.append(now))).mean(np.arange(N, dtype=float))
    assert len(table) == 1 and len(told) > 3
    tasks, done, total = zip(*told, strict=True)
    assert tasks[0] == "reading codes" and "reading answers" in tasks and set(total) == {N}
    assert all(0 <= step <= N for step in done) and max(done) > N // 2


def test_a_true_value_stops():
    told = []
    context = sipas.Context(progress=lambda task, done, total: False)
    d = design(context=context)
    context.progress = lambda task, done, total: told.append(done) or len(told) == 2
    with pytest.raises(sipas.CancelledError, match="reading answers: cancelled after"):
        d.mean(np.ones(N))
    assert len(told) == 2
    told.clear()
    context.progress = None
    assert d.mean(np.ones(N))["estimate"].tolist() == [1.0]  # the design is as good as before


def test_what_progress_raises_is_raised():
    class OddError(Exception):
        pass

    def progress(task, done, total):
        raise OddError(task)

    context = sipas.Context(progress=lambda task, done, total: False)
    d = design(context=context)
    context.progress = progress
    with pytest.raises(OddError, match="reading answers"):
        d.mean(np.ones(N))
    with pytest.raises(OddError, match="reading codes"):
        design(context=context)
    assert _context.raised.exception is None


def interrupt_after(seconds):
    def send():
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread only")
def test_ctrl_c_stops_a_long_call_without_a_context():
    x = np.random.default_rng(1).random(40_000)  # 800 million pairs of units
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = interrupt_after(0.3)
    try:
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            sipas.size_ranking(x, width=10000.0)
        assert time.monotonic() - start < 20
    finally:
        thread.join()
        signal.signal(signal.SIGINT, before)
    assert sipas.sample_size(20000, method="yamane", e=0.05)["n"].tolist() == [393]


def test_threads():
    y = np.random.default_rng(2).random(N)
    one = design().mean(y)
    assert design(threads=3).mean(y)["se"].tobytes() == one["se"].tobytes()
    context = sipas.Context(threads=2)
    assert design(context=context).mean(y)["se"].tobytes() == one["se"].tobytes()
    assert repr(context) == "Context(threads=2, progress=None)"
    with pytest.raises(ValueError, match="threads: a context is given too"):
        design(threads=2, context=context)
    for threads in (0, -1, 2000):
        with pytest.raises(sipas.OptionError):
            sipas.Context(threads=threads)
    with pytest.raises(sipas.OptionError):
        sipas.Design([1.0], threads=0)


def test_calls_of_several_threads_keep_their_exceptions_apart():
    caught = {}

    def work(name):
        def progress(task, done, total):
            raise KeyError(name)

        try:
            design(context=sipas.Context(progress=progress)).mean(np.ones(N))
        except KeyError as error:
            caught[name] = error.args[0]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert caught == {i: i for i in range(4)}


@pytest.mark.parametrize("codes", [np.arange(140_000), [f"{i:06d}" for i in range(140_000)]], ids=["numbers", "texts"])
def test_draws_and_trees_of_many_units_can_be_stopped_in_the_middle(codes):
    """Two questions a walk over so many units, at every step of the work: counted, since time says nothing on a busy machine."""
    parent = [-1] * 100 + [i % 100 for i in range(100, 140_000)]
    calls = {
        "draw": lambda context: sipas.draw(codes, method="all", seed=1, context=context),
        "tree": lambda context: sipas.UnitTree(codes, parent_row=parent, context=context),
    }
    for name, call in calls.items():
        told = []
        call(sipas.Context(progress=lambda *now: told.append(now) or False))  # noqa: B023
        assert len(told) >= 12, name
        for stop in (1, len(told) // 2, len(told)):
            asked = []
            with pytest.raises(sipas.CancelledError):
                call(sipas.Context(progress=lambda *now: asked.append(now) or len(asked) == stop))  # noqa: B023
            assert len(asked) == stop
