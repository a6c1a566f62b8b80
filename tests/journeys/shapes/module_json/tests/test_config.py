from churn.config import FEATURES, TARGET


def test_the_target_is_no_feature():
    assert TARGET not in FEATURES
