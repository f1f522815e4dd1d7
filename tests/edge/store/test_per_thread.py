from concurrent.futures import ThreadPoolExecutor

from edge.store.per_thread import PerThread


def test_a_thread_gets_its_own_object_again_and_another_thread_another() -> None:
    own = PerThread(object)
    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(own).result()
        again = other.submit(own).result()
    assert own() is own()
    assert theirs is again
    assert theirs is not own()
