from pipeline.steps import build


def test_the_last_step_predicts():
    assert hasattr(build()[-1], "predict")
