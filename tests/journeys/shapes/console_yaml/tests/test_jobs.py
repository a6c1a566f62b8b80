from flowers import jobs


def test_there_is_a_training():
    assert callable(jobs.train)
