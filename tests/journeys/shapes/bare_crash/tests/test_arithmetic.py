def test_share():
    assert 3 / 12 == 0.25
